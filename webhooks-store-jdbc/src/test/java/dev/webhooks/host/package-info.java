/** Code as a host writes it: what README shows compiles and runs here. */
package dev.webhooks.host;
