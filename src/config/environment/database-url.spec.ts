import { addressOf } from './database-url';

describe('addressOf', () => {
  it('reads host, port, user, password and database, percent-encoded', () => {
    expect(addressOf('postgres://u%40x:p%2Fw@db.example.com:6432/tr%20ail?sslmode=verify-ca')).toEqual({
      ...{ host: 'db.example.com', port: 6432, user: 'u@x', password: 'p/w', database: 'tr ail', tls: 'ca' },
    });
  });

  it.each([
    ['postgresql://u@db.example.com/trail', 'full'],
    ['postgres://u@db.example.com/trail?sslmode=require', 'full'],
    ['postgres://u@db.example.com/trail?sslmode=verify-full', 'full'],
    ['postgres://u@db.example.com/trail?sslmode=disable', 'off'],
    ['postgres://u@127.0.0.1/trail', 'off'],
    ['postgres://u@[::1]/trail', 'off'],
    ['postgres://u@localhost/trail?sslmode=verify-full', 'full'],
  ])('%s: TLS is %s', (url, tls) => {
    expect(addressOf(url)?.tls).toBe(tls);
  });

  it.each([
    'postgres://db/trail',
    'postgres://u@db',
    'postgres://u@/trail',
    'postgres://u@db:0/trail',
    'postgres://u@db/trail/other',
    'postgres://u@db/trail?sslmode=prefer',
    'postgres://u@db/trail?host=other',
    'postgres://u%zz@db/trail',
    'postgres://u@db/trail#x',
    'mysql://u@db/trail',
    '/var/trail',
  ])('does not accept %s', (url) => {
    expect(addressOf(url)).toBeUndefined();
  });
});
