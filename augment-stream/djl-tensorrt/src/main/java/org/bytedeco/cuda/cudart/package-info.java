/**
 * Empty stand-ins for the handles of {@code org.bytedeco:cuda}, under the names that TensorRT's
 * bindings refer to. That artifact must not be on the class path beside them.
 */
@NullMarked
package org.bytedeco.cuda.cudart;

import org.jspecify.annotations.NullMarked;
