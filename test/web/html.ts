import { HtmlValidate } from 'html-validate/node';

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended', 'html-validate:a11y'],
  rules: {
    // void elements are written without a slash, SVG with one; EJS leaves trailing blanks
    'void-style': 'off',
    'no-trailing-whitespace': 'off',
    'no-inline-style': 'error',
    'no-raw-characters': ['error', { relaxed: true }],
    'attribute-boolean-style': 'off',
    'attribute-empty-style': 'off',
    'doctype-style': 'off',
    'long-title': 'off',
    // <ul class="list"> loses its role in no browser we serve
    'no-redundant-role': 'off',
    'tel-non-breaking': 'off',
    // several values of one field are sent under one name
    'form-dup-name': 'off',
    'require-sri': 'off',
    'valid-autocomplete': 'off',
  },
});

/** What is wrong with a page, by the rules of HTML and of accessible markup; a fragment is put into an empty page first. */
export function problemsOf(html: string): string[] {
  const page = /<!doctype/i.test(html)
    ? html
    : `<!doctype html><html lang="zh-CN"><head><title>x</title></head><body><h1>x</h1>${html}</body></html>`;
  return validator
    .validateStringSync(page)
    .results.flatMap(({ messages }) =>
      messages.map(({ ruleId, message, line, column }) => `${ruleId} ${line}:${column} ${message}`),
    );
}
