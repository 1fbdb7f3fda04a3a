/** How one file becomes a record, and how records reach Kafka. */
@NullMarked
package io.viewstream.producer.internal;

import org.jspecify.annotations.NullMarked;
