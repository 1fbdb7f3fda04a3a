/**
 * Looks at a data plane from outside, as any reader of committed records sees it: {@link
 * io.viewstream.local.inspect.TopicInspection} reads the topics and gives an {@link
 * io.viewstream.local.inspect.InspectionResult} with the counts and some images beside their views,
 * which {@link io.viewstream.local.inspect.ContactSheet} draws.
 */
@NullMarked
package io.viewstream.local.inspect;

import org.jspecify.annotations.NullMarked;
