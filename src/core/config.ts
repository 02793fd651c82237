import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { cannotStart } from './errors.ts';
import { type LogLevel, log_levels } from './log.ts';

/** The project's folder, wherever the process was started from. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The search path handed to the programs we start; the rest of our environment stays with us. */
export const search_path = process.env['PATH'] ?? '';

/** The folder that a file named on the command line is relative to: npm changes it before we run. */
export const called_from = process.env['INIT_CWD'] ?? process.cwd();

export interface Config {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** Without a slash at its end. Every link and QR code is built from it, never from a request's Host. */
  readonly public_url: string;
  /** Null means the embedded database. */
  readonly database_url: string | null;
  readonly data_dir: string;
  readonly session_secret: string;
  /** 32 bytes; seals personal columns. */
  readonly data_key: Buffer;
  /** Whether demo accounts may sign in and the demo city is loaded into an empty embedded database. */
  readonly demo: boolean;
  /** Whose X-Forwarded-For is believed; Express's `trust proxy`. */
  readonly trust_proxy: string | number;
  readonly log_level: LogLevel;
  /** Whose pages may frame the residents' own (a city portal). */
  readonly embed_origins: readonly string[];
  /** The city's gateway for text messages; null writes a line to the log instead. */
  readonly sms: { readonly url: string; readonly token: string | null } | null;
  /** Who is told of appeals beside their appellants, and the secret with which that is signed; null when nobody is. */
  readonly webhook: { readonly url: string; readonly secret: string } | null;
}

const flag = z
  .enum(['true', 'false', '1', '0', 'yes', 'no'], { error: 'must be true or false' })
  .transform((word) => ['true', '1', 'yes'].includes(word));

const schema = z.object({
  NODE_ENV: z
    .enum(['production', 'development', 'test'], { error: 'must be production, development or test' })
    .default('development'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .transform(Number)
    .refine((port) => port <= 65535, 'must be a port number up to 65535')
    .default(8080),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://12345.example.gov.cn' })
    .transform((address) => address.replace(/\/+$/, ''))
    .refine((address) => new URL(address).pathname === '/', 'must not have a path')
    .optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// (PostgreSQL 15 or newer)')
    .optional(),
  DATA_DIR: z.string().default('.data'),
  SESSION_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  DATA_KEY: z
    .string()
    .transform((text) => Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64'))
    .refine((key) => key.length === 32, 'must be 32 bytes, as 64 hexadecimal digits or in base64 (openssl rand -base64 32)')
    .optional(),
  DEMO: flag.optional(),
  TRUST_PROXY: z
    .string()
    .transform((text) => (/^\d+$/.test(text) ? Number(text) : text))
    .default('loopback'),
  LOG_LEVEL: z.enum(log_levels, { error: `must be one of ${log_levels.join(', ')}` }).optional(),
  EMBED_ORIGINS: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .refine(
      (origins) => origins.every((one) => /^https?:\/\//.test(one) && URL.canParse(one) && new URL(one).origin === one),
      'must be origins such as https://www.example.gov.cn, with spaces between them',
    )
    .default([]),
  SMS_URL: z.url({ protocol: /^https?$/, error: 'must be an address such as https://sms.example.gov.cn/send' }).optional(),
  SMS_TOKEN: z.string().optional(),
  WEBHOOK_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://data.example.gov.cn/appeals' })
    .optional(),
  WEBHOOK_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
});

const required_in_production = ['PUBLIC_URL', 'SESSION_SECRET', 'DATA_KEY'] as const;

/** The configuration, or a refusal whose sentences name the variables. Outside production missing secrets are made and kept. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  // An empty value, as compose files write them, means "not given".
  const given = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, env[name]?.trim() || undefined]));
  const read = schema.safeParse(given);
  if (!read.success) throw cannotStart(read.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`).join('\n'));
  const value = read.data;
  const production = value.NODE_ENV === 'production';
  const missing = production ? required_in_production.filter((name) => value[name] === undefined) : [];
  if (missing.length > 0) throw cannotStart(missing.map((name) => `${name} must be set in production.`).join('\n'));

  if ((value.WEBHOOK_URL === undefined) !== (value.WEBHOOK_SECRET === undefined))
    throw cannotStart('WEBHOOK_URL and WEBHOOK_SECRET must be set together.');

  const data_dir = path.resolve(root, value.DATA_DIR);
  makeDataDir(data_dir);
  return {
    production,
    port: value.PORT,
    host: value.HOST,
    public_url: value.PUBLIC_URL ?? `http://localhost:${value.PORT}`,
    database_url: value.DATABASE_URL ?? null,
    data_dir,
    session_secret: value.SESSION_SECRET ?? keptSecret(data_dir, 'session-secret').toString('base64url'),
    data_key: value.DATA_KEY ?? keptSecret(data_dir, 'data-key'),
    demo: value.DEMO ?? !production,
    trust_proxy: value.TRUST_PROXY,
    log_level: value.LOG_LEVEL ?? (production ? 'info' : value.NODE_ENV === 'test' ? 'silent' : 'warn'),
    embed_origins: value.EMBED_ORIGINS,
    sms: value.SMS_URL === undefined ? null : { url: value.SMS_URL, token: value.SMS_TOKEN ?? null },
    webhook: value.WEBHOOK_URL === undefined ? null : { url: value.WEBHOOK_URL, secret: value.WEBHOOK_SECRET! },
  };
}

function makeDataDir(data_dir: string): void {
  try {
    fs.mkdirSync(data_dir, { recursive: true, mode: 0o755 });
    fs.accessSync(data_dir, fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    throw cannotStart(`DATA_DIR (${data_dir}) cannot be written to: ${(error as Error).message}.`);
  }
}

/** 32 random bytes from a file that only we may read; of two processes that make it at once, both get the first one's. */
function keptSecret(data_dir: string, name: string): Buffer {
  const file = path.join(data_dir, name);
  if (!fs.existsSync(file)) {
    const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
    fs.writeFileSync(draft, randomBytes(32).toString('base64'), { mode: 0o600 });
    try {
      fs.linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      fs.rmSync(draft);
    }
  }
  const secret = Buffer.from(fs.readFileSync(file, 'utf8'), 'base64');
  if (secret.length !== 32) throw cannotStart(`The secret kept in ${file} is damaged: restore it from a backup.`);
  return secret;
}
