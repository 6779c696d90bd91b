/** Tests of the fixtures that hosts use; the fixtures themselves are published, these are not. */
package dev.webhooks.kit;
