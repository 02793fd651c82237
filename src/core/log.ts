import { pino } from 'pino';

export const log_levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof log_levels)[number];
export type Log = pino.Logger;

const personal = ['phone', 'caller_phone', 'caller_name', 'password', 'token', 'code', 'secret'];

/** One JSON line per event on standard output, with cookies, phones, passwords and tokens blotted out. */
export function makeLog(level: LogLevel): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'req.headers.cookie',
        'req.headers.authorization',
        'res.headers["set-cookie"]',
        ...personal.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      ],
      censor: '[redacted]',
    },
  });
}
