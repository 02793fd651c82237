import { z } from 'zod';
import { text } from '../web/form.ts';

export const settleForm = z.object({ note: text(200, 2) });
export const textForm = z.object({ body: text(280) });
