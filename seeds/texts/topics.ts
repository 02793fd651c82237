import { educationHealth } from './education_health.ts';
import { environment } from './environment.ts';
import { government } from './government.ts';
import { housing } from './housing.ts';
import { market } from './market.ts';
import { order } from './order.ts';
import { rural } from './rural.ts';
import { safety } from './safety.ts';
import { sanitation } from './sanitation.ts';
import type { Topic } from './topic.ts';
import { transport } from './transport.ts';
import { utilities } from './utilities.ts';
import { welfare } from './welfare.ts';

/** Texts by category code, all 80. */
export const topics: Readonly<Record<string, Topic>> = {
  ...sanitation,
  ...utilities,
  ...housing,
  ...transport,
  ...environment,
  ...safety,
  ...order,
  ...welfare,
  ...educationHealth,
  ...market,
  ...rural,
  ...government,
};
