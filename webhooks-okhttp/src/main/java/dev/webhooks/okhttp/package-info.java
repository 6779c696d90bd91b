/** The transport on OkHttp. */
@NullMarked
package dev.webhooks.okhttp;

import org.jspecify.annotations.NullMarked;
