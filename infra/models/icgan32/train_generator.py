"""Stage 2: trains the generator against the frozen encoder.

Two paths share every step. On the posterior path the noise comes from a network that sees the target (the source,
cropped), and the view must match the target. On the prior path the noise is plain, and the view must keep the
source's condition and pass for real before a discriminator. The first part of the time has the posterior path alone.
"""
import copy
import time

import torch
import torch.nn.functional as functional

import augment
import data
import networks
import stage

SETTINGS = {"seed": 2, "warm_up_steps": 50, "first_part": 1 / 7,
            "batch_size_first": 96, "batch_size": 48, "learning_rate_first": 1e-3, "learning_rate": 5e-4,
            "discriminator_learning_rate": 4e-4, "decay_part": .3, "average": .998,
            "smallest_crop": .65, "pixel_weight": 10., "divergence_weight_first": 3e-3, "divergence_weight": 6e-3,
            "perceptual_weight": 2., "condition_weight": 2., "colour_weight": .5, "adversarial_weight": 1.}
SNAPSHOT_MINUTES = 5


def main():
    parser = stage.parser(__doc__)
    parser.add_argument("--minutes", type=float, default=40., help="training time; the schedule stretches over it")
    options = parser.parse_args()
    encoder_file = options.work_dir / "encoder.pt"
    encoder = stage.load(encoder_file)
    settings = {**SETTINGS, "minutes": options.minutes, "shapes": data.TRAINING_SHAPES,
                "encoder_sha256": stage.sha256(encoder_file)}
    log = stage.start(options, "generator", settings["seed"])
    target = options.work_dir / "generator.pt"
    if stage.finished(target, settings, log):
        return
    images = data.Images(options.images, options.work_dir, log)
    log(f"settings {settings}, {options.device}, {options.threads} threads")
    width = encoder["settings"]["width"]
    condition_encoder = fit_condition_encoder(encoder["encoder"], width, images.train_with_shapes(), options.device)
    trainer = Trainer(condition_encoder, images.train_with_shapes(), settings, options, log)
    trainer.train()
    stage.save(target, settings, **trainer.state())


def fit_condition_encoder(state, width, images, device):
    """Wraps the trained encoder and fits the condition's statistics to uint8 images."""
    encoder = networks.Encoder(width)
    encoder.load_state_dict(state)
    result = networks.ConditionEncoder(encoder.eval()).to(device, memory_format=torch.channels_last)
    result.fit([encoder_input(batch, device) for batch in images.split(500)])
    return networks.load_condition_encoder(result.state_dict(), width, device)


def encoder_input(images, device):
    """uint8 images [n, 3, 32, 32] to the encoder's normalised input on the device."""
    return stage.channels_last(data.normalise(data.unit(images.to(device))))


@torch.no_grad()
def conditions_of(condition_encoder, images, device, batch_size=500):
    """uint8 images [n, 3, 32, 32] to conditions [n, size] on the CPU."""
    return torch.cat([condition_encoder(encoder_input(batch, device)).cpu() for batch in images.split(batch_size)])


class Trainer:
    """Holds the networks and the state of one training."""

    def __init__(self, condition_encoder, images, settings, options, log):
        self.settings, self.device, self.log = settings, options.device, log
        self.snapshot_path = options.work_dir / "generator-snapshot.pt"
        self.condition_encoder = condition_encoder
        self.images = torch.cat([images, images.flip(3)])
        self.conditions = conditions_of(condition_encoder, self.images, self.device)
        size, width = condition_encoder.size, condition_encoder.encoder.width
        self.generator = self._place(networks.Generator(size))
        self.posterior = self._place(networks.Posterior(size))
        self.discriminator = self._place(networks.Discriminator(width, size))
        self.average = copy.deepcopy(self.generator)
        self.optimiser = torch.optim.Adam([*self.generator.parameters(), *self.posterior.parameters()],
                                          settings["learning_rate_first"], betas=(.5, .99))
        self.discriminator_optimiser = torch.optim.Adam(self.discriminator.parameters(),
                                                        settings["discriminator_learning_rate"], betas=(.5, .99))
        self.step = 0

    def _place(self, network):
        return network.to(self.device, memory_format=torch.channels_last).train()

    def state(self):
        """Everything that later stages need."""
        return {"generator": self.average.state_dict(), "posterior": self.posterior.state_dict(),
                "condition_encoder": self.condition_encoder.state_dict(),
                "encoder_width": self.condition_encoder.encoder.width, "steps": self.step}

    def train(self):
        """Trains for the minutes of the settings."""
        shuffler = data.Shuffler(len(self.images))
        begin = reported = snapshot = time.monotonic()
        sums, reported_step, processor_begin = {}, 0, time.process_time()
        while True:
            progress = (time.monotonic() - begin) / 60 / self.settings["minutes"]
            if progress >= 1:
                break
            first = progress < self.settings["first_part"]
            self._set_learning_rates(progress, first)
            indices = shuffler.next(self.settings["batch_size_first" if first else "batch_size"])
            for name, value in self._train_step(indices, first).items():
                sums[name] = sums.get(name, 0.) + value
            self.step += 1
            now = time.monotonic()
            if now - reported > 60:
                count = self.step - reported_step
                means = " ".join(f"{name} {value / count:.3f}" for name, value in sums.items())
                processor_seconds = (time.process_time() - processor_begin) / self.step
                self.log(f"{progress * 100:.0f} % step {self.step}, {(now - reported) / count:.2f} s a step "
                         f"({processor_seconds:.2f} s of processor): {means}")
                sums, reported, reported_step = {}, now, self.step
            if now - snapshot > SNAPSHOT_MINUTES * 60:
                stage.save(self.snapshot_path, self.settings, **self.state())
                snapshot = now
        self.log(f"done: {self.step} steps in {self.settings['minutes']:.0f} minutes")

    def _set_learning_rates(self, progress, first):
        decay = min(1., max(.05, (1 - progress) / self.settings["decay_part"]))
        rate = self.settings["learning_rate_first" if first else "learning_rate"]
        warm_up = min(1., (self.step + 1) / self.settings["warm_up_steps"])
        self.optimiser.param_groups[0]["lr"] = rate * warm_up * decay
        self.discriminator_optimiser.param_groups[0]["lr"] = self.settings["discriminator_learning_rate"] * decay

    def _train_step(self, indices, first):
        """One step on the images at these indices; returns the losses by name."""
        settings = self.settings
        condition = self.conditions[indices].to(self.device)
        source = data.unit(self.images[indices].to(self.device))
        target = augment.random_crop(source, settings["smallest_crop"], flip=False)
        with stage.autocast(self.device):
            with torch.no_grad():
                target_maps = self.condition_encoder.encoder.maps(stage.channels_last(data.normalise(target)))
            target = stage.channels_last(target * 2 - 1)
            mean, log_variance = self.posterior(target, condition)
            noise = mean + torch.randn_like(mean) * (log_variance * .5).exp()
            count = len(noise)
            if first:
                views = self.generator(condition, noise)
            else:
                views = self.generator(torch.cat([condition, condition]),
                                       torch.cat([noise, torch.randn_like(noise)]))
            view_input = stage.channels_last(data.normalise(views * .5 + .5))
            maps = self.condition_encoder.encoder.maps(view_input)
            losses = self._posterior_losses(views[:count], [level[:count] for level in maps], target, target_maps,
                                            mean, log_variance, first)
            if not first:
                prior_maps = [level[count:] for level in maps]
                losses.update(self._condition_losses(prior_maps, view_input[count:], condition))
        if not first:
            judge = self._train_discriminator(target, target_maps, views[count:], prior_maps, condition)
            with stage.frozen(self.discriminator), stage.autocast(self.device):
                score = self.discriminator(views[count:], prior_maps, condition).mean()
                losses["adversarial"] = (-score, settings["adversarial_weight"])
                loss = sum(value * weight for value, weight in losses.values())
                self._step_generator(loss)
        else:
            judge = {}
            self._step_generator(sum(value * weight for value, weight in losses.values()))
        return {**{name: value.item() for name, (value, _) in losses.items()}, **judge}

    def _posterior_losses(self, views, maps, target, target_maps, mean, log_variance, first):
        """Pixels, encoder maps and the divergence of the posterior from plain noise, each with its weight."""
        settings = self.settings
        pixel = ((views - target) ** 2 + 1e-4).sqrt().mean()
        divergence = (.5 * (mean ** 2 + log_variance.exp() - 1 - log_variance)).sum(1).mean()
        perceptual = sum(((_unit_channels(maps[level]) - _unit_channels(target_maps[level])) ** 2).sum(1).mean()
                         for level in range(3))
        return {"pixel": (pixel, settings["pixel_weight"]),
                "divergence": (divergence, settings["divergence_weight_first" if first else "divergence_weight"]),
                "perceptual": (perceptual, settings["perceptual_weight"])}

    def _condition_losses(self, maps, view_input, condition):
        """How far the view's own condition is from the source's."""
        size = self.condition_encoder.semantic_size
        semantic = functional.cosine_similarity(self.condition_encoder.semantic(maps), condition[:, :size])
        colour = (networks.thumbnail(view_input.float()) - condition[:, size:]).abs().mean()
        return {"condition": ((1 - semantic).mean(), self.settings["condition_weight"]),
                "colour": (colour, self.settings["colour_weight"])}

    def _train_discriminator(self, target, target_maps, views, view_maps, condition):
        with stage.autocast(self.device):
            real = self.discriminator(target, target_maps, condition)
            drawn = self.discriminator(views.detach(), [level.detach() for level in view_maps], condition)
            loss = functional.relu(1 - real).mean() + functional.relu(1 + drawn).mean()
        self.discriminator_optimiser.zero_grad()
        loss.backward()
        self.discriminator_optimiser.step()
        return {"judge": loss.item(), "judge_real": real.mean().item(), "judge_drawn": drawn.mean().item()}

    def _step_generator(self, loss):
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.generator.parameters(), 5.)
        self.optimiser.step()
        self._update_average()

    @torch.no_grad()
    def _update_average(self):
        """Moves the averaged generator, the one that is exported, a little towards the trained one."""
        weight = 1 - min(self.settings["average"], (self.step + 2) / (self.step + 11))
        for averaged, trained in zip(self.average.parameters(), self.generator.parameters()):
            averaged.lerp_(trained, weight)
        for averaged, trained in zip(self.average.buffers(), self.generator.buffers()):
            if averaged.is_floating_point():
                averaged.lerp_(trained, weight)
            else:
                averaged.copy_(trained)


def _unit_channels(maps):
    """Scales the channel vector at every place of maps [n, channels, height, width] to length one."""
    maps = maps.float()
    return maps * torch.rsqrt((maps * maps).sum(1, keepdim=True) + 1e-4)


if __name__ == "__main__":
    main()
