import { describe, expect, it } from 'vitest';
import { isGlobal, removePii } from './pii.js';

describe('removePii: e-mail', () => {
  it('replaces addresses in rotation', () => {
    expect(removePii('Write to jane.doe@mail.example.co.uk, bob+list@corp.io or c_d@x.de.')).toEqual({
      text: 'Write to email@example.com, firstname.lastname@example.org or email@example.com.',
      emails: 3,
      ipAddresses: 0,
    });
  });

  it('leaves alone what is no address', () => {
    for (const text of ['a @ b.com', '@user said', 'user@localhost', 'x@.com', 'price 3@5', 'me@-x.com']) {
      expect(removePii(text)).toEqual({ text, emails: 0, ipAddresses: 0 });
    }
  });

  it('replaces an address at an IP address in brackets as one', () => {
    expect(removePii('to root@[8.8.8.8] now').text).toBe('to email@example.com now');
  });

  it('stops the local part at two dots and at characters it cannot have', () => {
    expect(removePii('a..b@x.org').text).toBe('a..email@example.com');
    expect(removePii('<mailto:b@x.org>').text).toBe('<mailto:email@example.com>');
  });

  it('takes linear time on long runs of characters and of at signs', () => {
    for (const long of [
      `${'a.'.repeat(100_000)}${'@'.repeat(100_000)}`,
      `@${'a'.repeat(200_000)}`,
      'a@a.'.repeat(50_000),
      '例@'.repeat(100_000),
    ])
      expect(removePii(long).emails).toBe(0);
  });
});

describe('removePii: IPv4', () => {
  it('replaces public addresses and keeps the others', () => {
    expect(removePii('8.8.8.8 and 192.168.1.1 and 1.2.3.4').text).toBe(
      '22.214.171.124 and 192.168.1.1 and 126.96.36.199',
    );
    expect(removePii('version 10.0.0.1, 999.1').ipAddresses).toBe(0);
  });

  it('has the six replacements in order and begins again', () => {
    const result = removePii(Array.from({ length: 7 }, (_, index) => `9.9.9.${index + 1}`).join(' '));
    expect(result.ipAddresses).toBe(7);
    expect(result.text).toBe(
      '22.214.171.124 126.96.36.199 188.8.131.52 184.108.40.206 220.127.116.11 18.104.22.168 22.214.171.124',
    );
  });

  it('knows the special-purpose registry (RFC 6890) at its borders', () => {
    const global = [
      '1.1.1.1',
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '126.255.255.255',
    ];
    global.push(
      '128.0.0.0',
      '169.253.255.255',
      '172.15.255.255',
      '172.32.0.0',
      '192.167.255.255',
      '192.169.0.0',
    );
    global.push('198.17.255.255', '198.20.0.0', '203.0.112.255', '203.0.114.0', '223.255.255.255');
    const special = ['0.0.0.0', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255', '127.0.0.1'];
    special.push('169.254.1.1', '172.16.0.0', '172.31.255.255', '192.0.2.1', '192.168.255.255', '198.18.0.0');
    special.push('198.19.255.255', '198.51.100.1', '203.0.113.255', '240.0.0.1', '255.255.255.255');
    for (const address of global) expect([address, isGlobal(address)]).toEqual([address, true]);
    for (const address of special) expect([address, isGlobal(address)]).toEqual([address, false]);
    // Python's ipaddress refuses numbers with leading zeros.
    expect(isGlobal('8.8.08.8')).toBe(false);
  });
});

describe('removePii: what touches other letters', () => {
  it('finds addresses beside and in other scripts', () => {
    for (const [text, expected] of [
      ['邮件请发wang@example.cn谢谢', '邮件请发email@example.com谢谢'],
      ['連絡先：taro.s@example.jpです', '連絡先：email@example.comです'],
      ['тест:anna@example.ru,да', 'тест:email@example.com,да'],
      ['Frag jörg.müller@example.de.', 'Frag email@example.com.'],
      ['mail anna@bücher.example now', 'mail email@example.com now'],
      ['почта иван@пример.рф тут', 'почта email@example.com тут'],
      ['anna＠example．org', 'email@example.com'],
      ['a@xn--e1afmkfd.xn--p1ai', 'email@example.com'],
    ])
      expect(removePii(text!).text).toBe(expected);
    expect(removePii('地址8.8.8.8和').text).toBe('地址22.214.171.124和');
  });

  it('leaves numbers and names that are no address', () => {
    for (const text of [
      'Version 5.10.16.3, release 2.4.1.0 and v1.2.3.4',
      'the object 1.3.6.1.4.1.311.20',
      'see section 4.2.1.7, § 4.2.1.8 and Abschnitt 4.2.1.9',
      '256.1.2.34 and 1.2.3.456',
      'tool-1.2.3.4-beta.tar.gz and lib_1.2.3.4',
      'npm i lodash@4.17.21 react@18.0.0-rc.1',
      'logo@2x.png, icon@3x.webp and main@2.js',
      'https://user:secret@example.org/path',
    ])
      expect(removePii(text)).toEqual({ text, emails: 0, ipAddresses: 0 });
    expect(removePii('http://9.9.9.9:80/x').ipAddresses).toBe(1);
  });
});

describe('removePii: options', () => {
  const text = 'a@b.com 8.8.8.8';

  it('can be switched off by kind', () => {
    expect(removePii(text, { emails: false }).text).toBe('a@b.com 22.214.171.124');
    expect(removePii(text, { ipAddresses: false }).text).toBe('email@example.com 8.8.8.8');
  });

  it('depends on the key alone, and the keys use all replacements', () => {
    expect(removePii(text, { key: 'id-1' })).toEqual(removePii(text, { key: 'id-1' }));
    const results = Array.from({ length: 200 }, (_, index) => removePii(text, { key: `id-${index}` }).text);
    expect(new Set(results.map((result) => result.split(' ')[0])).size).toBe(2);
    expect(new Set(results.map((result) => result.split(' ')[1])).size).toBe(6);
  });
});
