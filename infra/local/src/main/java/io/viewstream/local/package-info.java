/**
 * The {@code viewstream} command: {@link io.viewstream.local.Viewstream} is its entry and lists the
 * commands of the services; {@link io.viewstream.local.LocalCommand}, {@link
 * io.viewstream.local.TopicsCommand} and those of their kind are the ones that belong to no
 * service.
 */
@NullMarked
package io.viewstream.local;

import org.jspecify.annotations.NullMarked;
