create table shop_order (
  id bigint generated always as identity primary key,
  account varchar(128) not null,
  item varchar(100) not null,
  quantity int not null,
  placed_at timestamp with time zone not null
);

create index shop_order_account on shop_order (account, id);

create table stock (
  item varchar(100) primary key,
  available int not null
);

insert into stock (item, available) values ('mug', 1000000);
insert into stock (item, available) values ('stool', 3);

create table portal_token (
  hash char(64) primary key,
  account varchar(128) not null,
  expires_at timestamp with time zone not null
);
