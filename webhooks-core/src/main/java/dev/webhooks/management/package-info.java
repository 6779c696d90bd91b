/**
 * The management API without a web framework: a plain request goes in, a plain response comes out.
 *
 * <p>A host mounts {@link dev.webhooks.management.ManagementApi} in whatever serves its HTTP and
 * says through an {@link dev.webhooks.management.Authenticator} whose token is whose.
 */
@NullMarked
package dev.webhooks.management;

import org.jspecify.annotations.NullMarked;
