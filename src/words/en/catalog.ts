import type { catalog as zh } from '../zh/catalog.ts';

export const catalog: typeof zh = {
  limits: {
    minutes: (n) => `${n} min`, hours: (n) => `${n} h`, office_minutes: (n) => `${n} office min`, office_hours: (n) => `${n} office h`,
    working_days: (n) => `${n} working ${n === 1 ? 'day' : 'days'}`,
  },
};
