import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { readConfig } from '../../src/core/config.ts';

const data_dir = () => fs.mkdtempSync(path.join(inject('run_dir'), 'config-'));
const production = () => ({
  NODE_ENV: 'production',
  DATA_DIR: data_dir(),
  PUBLIC_URL: 'https://12345.example.gov.cn/',
  SESSION_SECRET: 'x'.repeat(32),
  DATA_KEY: 'ab'.repeat(32),
});

test('with nothing given there is a demo on the loopback with the embedded database', () => {
  expect(readConfig({ DATA_DIR: data_dir() })).toMatchObject({
    production: false,
    port: 8080,
    host: '127.0.0.1',
    public_url: 'http://localhost:8080',
    database_url: null,
    demo: true,
    log_level: 'warn',
  });
});

test('secrets are made once, kept for the next start, and for our eyes only', () => {
  const DATA_DIR = data_dir();
  const first = readConfig({ DATA_DIR });
  const second = readConfig({ DATA_DIR });
  expect(second.session_secret).toBe(first.session_secret);
  expect(second.data_key.equals(first.data_key)).toBe(true);
  expect(first.data_key).toHaveLength(32);
  for (const name of ['session-secret', 'data-key']) expect(fs.statSync(path.join(DATA_DIR, name)).mode & 0o777).toBe(0o600);
});

describe('in production', () => {
  test('there is no demo, and nothing is made up', () => {
    const env = production();
    const config = readConfig(env);
    expect(config).toMatchObject({
      production: true,
      demo: false,
      public_url: 'https://12345.example.gov.cn',
      log_level: 'info',
    });
    expect(config.data_key.toString('hex')).toBe('ab'.repeat(32));
    expect(fs.readdirSync(env.DATA_DIR)).toEqual([]);
  });

  test.each(['SESSION_SECRET', 'DATA_KEY', 'PUBLIC_URL'])('%s must be given, and an empty one is none', (name) => {
    expect(() => readConfig({ ...production(), [name]: undefined })).toThrow(`${name} must be set in production`);
    expect(() => readConfig({ ...production(), [name]: '  ' })).toThrow(`${name} must be set in production`);
  });
});

test.each([
  ['PORT', 'eighty'],
  ['PORT', '70000'],
  ['PUBLIC_URL', 'example.gov.cn'],
  ['PUBLIC_URL', 'https://example.gov.cn/hotline'],
  ['PUBLIC_URL', 'ftp://example.gov.cn'],
  ['DATABASE_URL', 'mysql://localhost/city'],
  ['SESSION_SECRET', 'short'],
  ['DATA_KEY', 'abcd'],
  ['DEMO', 'perhaps'],
  ['LOG_LEVEL', 'loud'],
  ['NODE_ENV', 'staging'],
  ['EMBED_ORIGINS', 'www.example.gov.cn'],
  ['EMBED_ORIGINS', 'https://www.example.gov.cn/portal'],
  ['EMBED_ORIGINS', "https://www.example.gov.cn 'unsafe-inline'"],
])('%s=%s is refused in a sentence that names the variable', (name, value) => {
  const read = () => readConfig({ DATA_DIR: data_dir(), [name]: value });
  expect(read).toThrow(new RegExp(`^${name} must .+\\.$`));
  expect(read).toThrow(expect.objectContaining({ code: 'CANNOT_START' }));
});

test('origins that may frame the pages are taken with spaces or commas between them', () => {
  const EMBED_ORIGINS = 'https://www.example.gov.cn, https://m.example.gov.cn:8443';
  expect(readConfig({ DATA_DIR: data_dir(), EMBED_ORIGINS }).embed_origins).toEqual([
    'https://www.example.gov.cn',
    'https://m.example.gov.cn:8443',
  ]);
});

test('a key is taken in base64 as well', () => {
  const key = Buffer.from('ab'.repeat(32), 'hex').toString('base64');
  expect(readConfig({ DATA_DIR: data_dir(), DATA_KEY: key }).data_key.toString('hex')).toBe('ab'.repeat(32));
});

test('a damaged secret is not replaced: what it sealed would be lost', () => {
  const DATA_DIR = data_dir();
  readConfig({ DATA_DIR });
  fs.writeFileSync(path.join(DATA_DIR, 'data-key'), 'cut');
  expect(() => readConfig({ DATA_DIR })).toThrow(/data-key is damaged/);
});

test('a data folder that cannot be made is refused by name', () => {
  const file = path.join(data_dir(), 'a-file');
  fs.writeFileSync(file, '');
  expect(() => readConfig({ DATA_DIR: path.join(file, 'below') })).toThrow(/^DATA_DIR \(.*\) cannot be written to/);
});
