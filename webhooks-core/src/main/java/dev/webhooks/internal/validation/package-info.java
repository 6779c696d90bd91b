/** The validation rules of the library and the guard of targets; not exported, free to change. */
@NullMarked
package dev.webhooks.internal.validation;

import org.jspecify.annotations.NullMarked;
