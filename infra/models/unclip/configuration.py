"""The config.json files of a checkpoint: what is read, what has a default, and what must be as we compute it."""
import json

import fault


class Configuration:
    """One JSON file. Reading notes the key; `require` refuses a value that the networks here do not compute."""

    def __init__(self, path, values):
        self.path = path
        self.values = values

    @staticmethod
    def read(path):
        try:
            return Configuration(path, json.loads(path.read_text()))
        except FileNotFoundError:
            raise fault.Fault(f"{path} is missing; is {path.parent.parent} a checkpoint folder in diffusers' layout?")
        except ValueError as error:
            raise fault.Fault(f"{path} is not valid JSON: {error}")

    def get(self, key, default=None):
        """The value of a key; without a default it must be there."""
        value = self.values.get(key, default)
        if value is None:
            raise fault.Fault(f"{self.path}: {key} is missing")
        return value

    def optional(self, key, default):
        """The value of a key, which may be null in the file."""
        value = self.values.get(key)
        return default if value is None else value

    def per_block(self, key, default, count):
        """A value for each block; one number stands for all of them."""
        value = self.optional(key, default)
        values = list(value) if isinstance(value, list) else [value] * count
        if len(values) != count:
            raise fault.Fault(f"{self.path}: {key} has {len(values)} values for {count} blocks")
        return values

    def require(self, **expected):
        """Refuses other values than these; a key that is absent or null has the default, which they are."""
        for key, value in expected.items():
            found = self.values.get(key)
            if found is not None and found != value:
                raise fault.Fault(f"{self.path}: {key} is {json.dumps(found)}, only {json.dumps(value)} is supported")
