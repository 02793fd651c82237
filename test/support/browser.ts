import type { Express } from 'express';
import supertest from 'supertest';
import { cast_password } from './cast.ts';

interface Field {
  readonly name: string;
  readonly kind: 'text' | 'hidden' | 'choice' | 'radio' | 'checkbox' | 'file' | 'password';
  /** What a choice, radio or checkbox may be. */
  readonly values: string[];
  /** What would be sent untouched. */
  readonly given: string[];
}
interface Button {
  readonly label: string;
  readonly name?: string;
  readonly value: string;
  readonly action?: string;
  readonly disabled: boolean;
}
export interface PageForm {
  readonly action: string;
  readonly method: string;
  readonly multipart: boolean;
  readonly fields: ReadonlyMap<string, Field>;
  readonly buttons: readonly Button[];
}

export type Fill = Readonly<
  Record<string, string | number | boolean | Date | readonly (string | number)[] | Upload | readonly Upload[] | null>
>;
export interface Upload {
  readonly file: Buffer;
  readonly filename: string;
  readonly type?: string;
}
const isUpload = (value: unknown): value is Upload => typeof value === 'object' && value !== null && 'file' in value;

/** A page as somebody has it before him. */
export interface Page {
  readonly status: number;
  /** Where it ended after redirects, with its query. */
  readonly path: string;
  readonly html: string;
  /** What can be read, without tags, on one line. */
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly forms: readonly PageForm[];
  /** The form that goes to `action` (or has a button that does); an error when there is none. */
  form(action: string): PageForm;
  /** Whether there is such a form. */
  offers(action: string): boolean;
  /** Fills the form by the names of its fields and sends it as a browser would; a field or choice it does not have is an error. */
  send(action: string, fill?: Fill, options?: { press?: string }): Promise<Page>;
  /** Follows the link that reads so. */
  follow(label: string): Promise<Page>;
}

export interface Browser {
  get(path: string): Promise<Page>;
  /** Sends what no form of ours would: for tests of refusals. Follows no redirect. */
  post(path: string, body?: Record<string, string>, headers?: Record<string, string>): Promise<supertest.Response>;
  /** The bare answer, redirects not followed. */
  raw(path: string, headers?: Record<string, string>): Promise<supertest.Response>;
  readonly agent: ReturnType<typeof supertest.agent>;
}

/** A browser of nobody's. Its requests come from our own pages, as Sec-Fetch-Site says. */
export function browse(app: Express): Browser {
  const agent = supertest.agent(app);
  const own = { 'sec-fetch-site': 'same-origin' };
  const browser: Browser = {
    agent,
    raw: async (path, headers = {}) => agent.get(path).set(headers).redirects(0),
    post: async (path, body = {}, headers = {}) =>
      agent
        .post(path)
        .type('form')
        .set({ ...own, ...headers })
        .redirects(0)
        .send(body),
    get: async (path) => arrive(path, await agent.get(path).redirects(0)),
  };

  /** Follows redirects by hand, so that the page knows its own address. */
  async function arrive(path: string, first: supertest.Response): Promise<Page> {
    let response = first;
    let here = path;
    for (let hops = 0; response.status >= 300 && response.status < 400; hops++) {
      if (hops > 5) throw new Error(`${path} leads in circles`);
      here = new URL(response.headers['location']!, `http://here${here}`).href.replace('http://here', '');
      response = await agent.get(here).redirects(0);
    }
    return pageOf(here, response);
  }

  function pageOf(path: string, response: supertest.Response): Page {
    const html = response.text ?? '';
    const forms = formsOf(html, path);
    const form = (action: string) => {
      const found =
        forms.find((one) => one.action === action && one.method === 'post') ??
        forms.find((one) => one.action === action) ??
        forms.find((one) => one.buttons.some((button) => button.action === action));
      if (!found)
        throw new Error(
          `${path} (${response.status}) has no form to ${action}; it has: ${forms.map((one) => one.action).join(' ') || 'none'}`,
        );
      return found;
    };
    return {
      status: response.status,
      path,
      html,
      text: textOf(html.replace(/<head>[\s\S]*?<\/head>/, '')),
      headers: response.headers as Record<string, string>,
      forms,
      form,
      offers: (action) => forms.some((one) => one.action === action || one.buttons.some((button) => button.action === action)),
      send: (action, fill = {}, { press } = {}) => send(path, form(action), action, fill, press),
      follow: async (label) => {
        const link = [...html.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/g)].find(([, , inside]) => textOf(inside!) === label);
        const href = link && attributesOf(link[1]!)['href'];
        if (href === undefined) throw new Error(`${path} has no link "${label}"`);
        return browser.get(new URL(href, `http://here${path}`).href.replace('http://here', ''));
      },
    };
  }

  async function send(path: string, form: PageForm, action: string, fill: Fill, press?: string): Promise<Page> {
    const button = form.buttons.find((one) =>
      press === undefined ? (one.action ?? form.action) === action : one.label.includes(press),
    );
    if (!button)
      throw new Error(
        `the form to ${form.action} on ${path} has no button ${press ?? ''}: ${form.buttons.map((one) => one.label).join(', ')}`,
      );
    if (button.disabled) throw new Error(`the button ${button.label} on ${path} is disabled`);
    const body = new Map([...form.fields].map(([name, field]) => [name, field.given]));
    const uploads: [string, Upload][] = [];
    for (const [name, value] of Object.entries(fill)) {
      const field = form.fields.get(name);
      if (!field)
        throw new Error(
          `the form to ${form.action} on ${path} has no field ${name}; it has: ${[...form.fields.keys()].join(' ')}`,
        );
      const files = [value].flat().filter(isUpload);
      if (files.length > 0) {
        if (field.kind !== 'file') throw new Error(`${name} on ${path} takes no file`);
        uploads.push(...files.map((file): [string, Upload] => [name, file]));
        continue;
      }
      const texts =
        value === null || value === false ? [] : value === true ? [field.values[0] ?? '1'] : [value].flat().map(String);
      const wrong = ['choice', 'radio', 'checkbox'].includes(field.kind)
        ? texts.filter((text) => !field.values.includes(text))
        : [];
      if (wrong.length > 0)
        throw new Error(`${name} on ${path} cannot be ${wrong.join(', ')}; it can be: ${field.values.join(', ')}`);
      body.set(name, texts);
    }
    if (button.name !== undefined) body.set(button.name, [button.value]);
    const target = button.action ?? form.action;
    const pairs = [...body].flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));
    if (form.method === 'get') return browser.get(`${target}?${new URLSearchParams(pairs)}`);
    const request = agent.post(target).set(own).set('referer', `http://localhost${path}`).redirects(0);
    if (!form.multipart) return arrive(target, await request.type('form').send(new URLSearchParams(pairs).toString()));
    for (const [name, value] of pairs) request.field(name, value);
    for (const [name, { file, filename, type }] of uploads)
      request.attach(name, file, { filename, ...(type && { contentType: type }) });
    return arrive(target, await request);
  }
  return browser;
}

/** A browser for each of several people, signed in when they are first asked for. */
export function seats(app: Express): (who: string) => Promise<Browser> {
  const taken = new Map<string, Browser>();
  return async (who) => {
    if (!taken.has(who)) taken.set(who, await signIn(app, who));
    return taken.get(who)!;
  };
}

/** Signs in through the form. Fails when that does not lead in. */
export async function signIn(app: Express, username: string, password = cast_password): Promise<Browser> {
  const browser = browse(app);
  const page = await browser.get('/sign-in');
  page.form('/sign-in');
  const answer = await browser.post('/sign-in', { username, password, next: '' });
  if (answer.status !== 303)
    throw new Error(`${username} cannot sign in: ${answer.status} ${textOf(answer.text ?? '').slice(0, 300)}`);
  return browser;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#34': '"', '#39': "'", nbsp: ' ' };
const decoded = (text: string) => text.replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole);
const textOf = (html: string) =>
  decoded(html.replace(/<(script|style|svg)\b[\s\S]*?<\/\1>/g, '').replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name!, decoded(value ?? '')]),
  );
}

/** Our own templates close what they open, so that much can be found without a parser. */
function formsOf(html: string, path: string): PageForm[] {
  const whole = html.replace(/<!--[\s\S]*?-->/g, '');
  const sent = [...whole.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].filter(
    ([, head]) => attributesOf(head!)['method'] !== 'dialog',
  );
  return sent.map(([, head, inside]) => {
    const { action = path, method = 'get', enctype, id } = attributesOf(head!);
    // Fields that stand elsewhere and name their form.
    const elsewhere = id
      ? [...whole.matchAll(/<(?:input|button)\b[^>]*\bform="([^"]*)"[^>]*>(?:[^<]*<\/button>)?/g)]
          .filter(([, of]) => of === id)
          .map(([tag]) => tag)
      : [];
    return formOf(inside! + elsewhere.join(''), {
      action,
      method: method.toLowerCase(),
      multipart: enctype === 'multipart/form-data',
    });
  });
}

function formOf(html: string, head: Pick<PageForm, 'action' | 'method' | 'multipart'>): PageForm {
  const fields = new Map<string, Field>();
  const buttons: Button[] = [];
  const add = (field: Field) => {
    const known = fields.get(field.name);
    if (known) {
      known.values.push(...field.values);
      known.given.push(...field.given);
    } else fields.set(field.name, field);
  };
  for (const [, tag, head_text, inside = ''] of html.matchAll(
    /<(input|select|textarea|button)\b([^>]*)>(?:([\s\S]*?)<\/\1>)?/g,
  )) {
    const { name, type = tag === 'button' ? 'submit' : 'text', value = '', formaction, ...rest } = attributesOf(head_text!);
    const disabled = 'disabled' in rest;
    if (tag === 'button' || type === 'submit') {
      if (type === 'submit')
        buttons.push({
          label: tag === 'button' ? textOf(inside) : value,
          value,
          disabled,
          ...(name && { name }),
          ...(formaction && { action: formaction }),
        });
    } else if (!name || disabled) continue;
    else if (tag === 'textarea') add({ name, kind: 'text', values: [], given: [decoded(inside).replace(/^\n/, '')] });
    else if (tag === 'select') {
      const options = [...inside.matchAll(/<option\b([^>]*)>([^<]*)/g)].map(
        ([, text, label]) => ({ value: textOf(label!), ...attributesOf(text!) }) as Record<string, string>,
      );
      const open = options.filter((option) => !('disabled' in option));
      const chosen = open.filter((option) => 'selected' in option);
      add({
        name,
        kind: 'choice',
        values: open.map((option) => option['value']!),
        given: ('multiple' in rest ? chosen : chosen.length > 0 ? chosen : open.slice(0, 1)).map((option) => option['value']!),
      });
    } else if (type === 'radio' || type === 'checkbox')
      add({ name, kind: type, values: [value || 'on'], given: 'checked' in rest ? [value || 'on'] : [] });
    else if (type === 'file') add({ name, kind: 'file', values: [], given: [] });
    else add({ name, kind: type === 'hidden' || type === 'password' ? type : 'text', values: [], given: [value] });
  }
  return { ...head, fields, buttons };
}
