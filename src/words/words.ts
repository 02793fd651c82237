import { common as enCommon } from './en/common.ts';
import { desks as enDesks } from './en/desks.ts';
import { domain as enDomain } from './en/domain.ts';
import { errors as enErrors } from './en/errors.ts';
import { failures as enFailures } from './en/failures.ts';
import { layout as enLayout } from './en/layout.ts';
import { menu as enMenu } from './en/menu.ts';
import { common as zhCommon } from './zh/common.ts';
import { desks as zhDesks } from './zh/desks.ts';
import { domain as zhDomain } from './zh/domain.ts';
import { errors as zhErrors } from './zh/errors.ts';
import { failures as zhFailures } from './zh/failures.ts';
import { layout as zhLayout } from './zh/layout.ts';
import { menu as zhMenu } from './zh/menu.ts';

export type Lang = 'zh' | 'en';

const zh = { common: zhCommon, desks: zhDesks, domain: zhDomain, errors: zhErrors, failures: zhFailures, layout: zhLayout, menu: zhMenu };

/** What things are called, by feature. The Chinese tables are the master: a word missing in another language does not compile. */
export type Words = typeof zh;

const en: Words = { common: enCommon, desks: enDesks, domain: enDomain, errors: enErrors, failures: enFailures, layout: enLayout, menu: enMenu };

export const words: Record<Lang, Words> = { zh, en };

type Errors = Words['errors'];

/** The reason a field was refused: a key of `errors`, with its number behind a colon where the sentence needs one ('too_long:500'). */
export type ErrorCode = { [K in keyof Errors]: Errors[K] extends string ? K : `${K}:${number}` }[keyof Errors];

/** The sentence for a refused field. */
export function explain(lang: Lang, code: ErrorCode): string {
  const [key = '', number] = code.split(':');
  const word: string | ((n: number) => string) = words[lang].errors[key as keyof Errors];
  return typeof word === 'function' ? word(Number(number)) : word;
}
