import type { Door } from '../../doors.ts';
import { assetHref } from '../../web/assets.ts';
import { sharedOf, show } from '../../web/render.ts';

const crimson = '#a61b1f';
const paper = '#f6f5f2';

/** Manifest, service worker and the page that stands in where there is no network. */
export function installRoutes(door: Door): void {
  door.get('/manifest.webmanifest', 'public', (_req, res) => {
    const { t, lang } = sharedOf(res);
    const icon = (name: string, size: number, purpose: string) => ({
      src: assetHref(`img/${name}.png`),
      sizes: `${size}x${size}`,
      type: 'image/png',
      purpose,
    });
    res.type('application/manifest+json').set('Cache-Control', 'no-cache');
    res.send(
      JSON.stringify({
        id: '/phone',
        name: t.phone.app,
        short_name: t.phone.app_short,
        lang: lang === 'zh' ? 'zh-CN' : 'en',
        start_url: '/phone',
        scope: '/',
        display: 'standalone',
        orientation: 'portrait',
        background_color: paper,
        theme_color: crimson,
        icons: [icon('icon-192', 192, 'any'), icon('icon-512', 512, 'any'), icon('icon-maskable-512', 512, 'maskable')],
        shortcuts: [
          { name: t.phone.todo.snapshot, url: '/phone/report' },
          { name: t.phone.todo.voice, url: '/phone/report?channel=app_voice' },
        ],
      }),
    );
  });

  // From the root, so that it may look after every page; its address never changes, what it imports changes with every release.
  door.get('/sw.js', 'public', (_req, res) => {
    res.type('text/javascript').set('Cache-Control', 'no-cache');
    res.send(`import '${assetHref('js/worker.js')}';\n`);
  });

  door.get('/phone/offline', 'public', (_req, res) => {
    const { t } = sharedOf(res);
    show(res, 'phone/offline', { title: t.phone.offline_title, layout: 'public' }, {});
  });
}
