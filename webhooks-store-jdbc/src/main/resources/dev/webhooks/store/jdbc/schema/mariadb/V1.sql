-- min_compatible: 1

-- Times are in UTC. Ids are the 16 bytes of a UUID, whose order is that of time. Keys (accounts, ids that hosts give,
-- event types, patterns) are ASCII, compared byte by byte with blanks at the end. Every statement can be repeated,
-- since MariaDB commits each one by itself.

-- Registered webhooks; publishing and sending only read them. A deleted one stays as a tombstone until its rows are
-- purged. events: one pattern per line, in the given order. status: active, paused or failed. purge_at: the time of the
-- next purge of a deleted one. given_id: the id from before an import, shown in place of id, which is then derived from
-- it; null where the library made the id.
create table if not exists {webhook} (
  number bigint auto_increment primary key,
  id binary(16) not null,
  account varchar(255) character set ascii collate ascii_nopad_bin not null,
  name text,
  url text not null,
  events mediumtext not null,
  headers mediumblob not null,
  secret blob not null,
  old_secret blob,
  old_secret_until datetime(6),
  status varchar(16) not null,
  version int not null,
  created datetime(6) not null,
  updated datetime(6) not null,
  deleted datetime(6),
  purge_at datetime(6),
  given_id varchar(64) character set ascii,
  unique key {webhook}_id (id),
  key {webhook}_purge (purge_at),
  key {webhook}_account (account, number)
) engine = innodb, character set = utf8mb4, collate = utf8mb4_bin;

-- Webhooks by subscribed pattern.
create table if not exists {subscription} (
  account varchar(255) character set ascii collate ascii_nopad_bin not null,
  pattern varchar(255) character set ascii collate ascii_nopad_bin not null,
  webhook bigint not null,
  primary key (account, pattern, webhook)
) engine = innodb, character set = utf8mb4, collate = utf8mb4_bin;

-- Rows to lock while an account's webhooks are counted and one is added.
create table if not exists {account_lock} (
  account varchar(255) character set ascii collate ascii_nopad_bin primary key
) engine = innodb, character set = utf8mb4, collate = utf8mb4_bin;

-- Health of endpoints that are not healthy. suspended_until: the end of a suspension, when the endpoint is probed.
-- step: the number of attempts in a row that did not reach it. last_failure: the end of the failure that last changed
-- the step.
create table if not exists {endpoint_health} (
  webhook bigint primary key,
  failures int not null,
  failing_since datetime(6) not null,
  last_failure datetime(6) not null,
  suspended_until datetime(6),
  step int not null,
  warned boolean not null
) engine = innodb, character set = utf8mb4, collate = utf8mb4_bin;

-- Running instances. A number is never used again.
create table if not exists {instance} (
  number bigint auto_increment primary key,
  beat bigint not null,
  started datetime(6) not null,
  version varchar(255) not null
) engine = innodb, character set = utf8mb4, collate = utf8mb4_bin;

-- Published events. event_id: the id that the host gave; null where the library made it and id stands for it. It leads
-- its index: a conflict on a given id also locks the gap before it, which must not be that of the events without one.
-- fingerprint: of the content published under a given id. trace_context: from the host's tracing; null if there was
-- none.
create table if not exists {event} (
  id binary(16) primary key,
  account varchar(255) character set ascii collate ascii_nopad_bin not null,
  event_id varchar(64) character set ascii collate ascii_nopad_bin,
  fingerprint varbinary(255),
  type varchar(255) character set ascii collate ascii_nopad_bin not null,
  body mediumblob not null,
  deliveries int not null,
  created datetime(6) not null,
  keep_until datetime(6) not null,
  trace_context varchar(512),
  unique key {event}_given (event_id, account)
) engine = innodb, character set = utf8mb4, collate = utf8mb4_bin;

-- Pending deliveries. owner: the number of an instance; 0 none, -1 none because too many instances died owning it, -2 a
-- test. size: bytes of the body. kind: 0 delivery, 1 test. last_error: a code of DeliveryError.
create table if not exists {queue} (
  webhook bigint not null,
  id binary(16) not null,
  owner bigint not null default 0,
  event binary(16) not null,
  created datetime(6) not null,
  due datetime(6) not null,
  claim int not null default 0,
  size int not null,
  attempt smallint not null default 0,
  rescues smallint not null default 0,
  kind smallint not null default 0,
  last_http smallint,
  last_ms int,
  last_at datetime(6),
  retry_of binary(16),
  type varchar(255) character set ascii collate ascii_nopad_bin not null,
  last_error varchar(64),
  primary key (webhook, id),
  key {queue}_claim (owner, webhook, due)
) engine = innodb, character set = utf8mb4, collate = utf8mb4_bin;

-- Finished deliveries with their last attempt. status: success, failed, or retried for a failed one with a retry. So
-- the rows of each status are one range of both indexes, in the order of their ids. error: a code of DeliveryError.
create table if not exists {delivery} (
  webhook bigint not null,
  id binary(16) not null,
  event binary(16) not null,
  created datetime(6) not null,
  ended datetime(6) not null,
  attempts smallint not null,
  kind smallint not null,
  last_http smallint,
  last_ms int,
  last_at datetime(6),
  retry_of binary(16),
  retried_by binary(16),
  type varchar(255) character set ascii collate ascii_nopad_bin not null,
  status varchar(16) not null,
  error varchar(64),
  excerpt mediumblob,
  primary key (webhook, id),
  key {delivery}_type (webhook, type, status, id),
  key {delivery}_status (webhook, status, id)
) engine = innodb, character set = utf8mb4, collate = utf8mb4_bin;

-- Attempts before the last one, and those of deliveries that ended without a request.
create table if not exists {attempt} (
  webhook bigint not null,
  delivery binary(16) not null,
  number smallint not null,
  http smallint,
  ms int not null,
  at datetime(6) not null,
  error varchar(64),
  excerpt mediumblob,
  primary key (webhook, delivery, number)
) engine = innodb, character set = utf8mb4, collate = utf8mb4_bin;

-- Counters of finished deliveries. consecutive: failed attempts since the last success.
create table if not exists {stat} (
  webhook bigint primary key,
  succeeded bigint not null,
  failed bigint not null,
  consecutive bigint not null,
  last_attempt datetime(6),
  last_success datetime(6),
  last_failure datetime(6)
) engine = innodb, character set = utf8mb4, collate = utf8mb4_bin;

-- Deltas not yet added to the counters. tail_failures: failed attempts after the last success in this row.
create table if not exists {stat_delta} (
  number bigint auto_increment primary key,
  webhook bigint not null,
  succeeded int not null,
  failed int not null,
  tail_failures int not null,
  has_success boolean not null,
  last_attempt datetime(6),
  last_success datetime(6),
  last_failure datetime(6)
) engine = innodb, character set = utf8mb4, collate = utf8mb4_bin;

-- Idempotency keys. token: identifies the request that took the key.
create table if not exists {idempotency} (
  account varchar(255) character set ascii collate ascii_nopad_bin not null,
  request_key varchar(255) character set ascii collate ascii_nopad_bin not null,
  token binary(16) not null,
  fingerprint varbinary(255) not null,
  answer mediumblob,
  busy_until datetime(6),
  created datetime(6) not null,
  primary key (account, request_key),
  key {idempotency}_created (created)
) engine = innodb, character set = utf8mb4, collate = utf8mb4_bin;

-- Erased accounts whose events are still to be removed. due: the time of the next pass. last_event: the event up to
-- which a pass has come.
create table if not exists {erasure} (
  number bigint auto_increment primary key,
  account varchar(255) character set ascii collate ascii_nopad_bin not null,
  erased datetime(6) not null,
  due datetime(6) not null,
  last_event binary(16) not null,
  key {erasure}_due (due)
) engine = innodb, character set = utf8mb4, collate = utf8mb4_bin;
