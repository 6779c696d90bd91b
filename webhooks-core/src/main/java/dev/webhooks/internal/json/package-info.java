/** The JSON of what the library answers. Not exported: free to change. */
@NullMarked
package dev.webhooks.internal.json;

import org.jspecify.annotations.NullMarked;
