import type { World } from '../../src/core/world.ts';
import { type Draft, draft, type Inputs, perform } from '../../src/whistles/actions/perform.ts';
import type { PersonAct } from '../../src/whistles/rules.ts';
import { type CalledRow, listCalled, type WhistleRow } from '../../src/whistles/store.ts';
import type { PersonName } from '../support/cast.ts';
import { makeStage, type Stage } from '../support/make.ts';

export interface WhistleStage extends Stage {
  /** Drafted and proposed by the clerk of Quanshan: housing, heating and works are called. */
  propose(given?: Partial<Draft & { appeal: string | null }>, who?: PersonName): Promise<number>;
  /** The same, approved: it sounds. */
  issue(given?: Partial<Draft & { appeal: string | null }>): Promise<number>;
  do<A extends PersonAct>(who: PersonName, id: number, act: A, input: Inputs[A]): Promise<void>;
  whistle(id: number): Promise<WhistleRow>;
  called(id: number, unit: keyof Stage['units']): Promise<CalledRow>;
}

export const come = { attendee: '李工', place: '街道三楼会议室' };

/** The cast with whistles made by acting. */
export async function makeWhistles(world: World): Promise<WhistleStage> {
  const { db } = world;
  const stage = await makeStage(world);
  const { units, people } = stage;
  const doing = (who: PersonName) => ({ author: people[who], now: world.clock() });
  const whistles: WhistleStage = {
    ...stage,
    propose: (given = {}, who = 'quanshan_clerk') =>
      draft(
        db,
        doing(who),
        {
          kind: 'routine',
          subject: 'project',
          appeal: null,
          title: '老旧小区外墙脱落，须多部门会诊',
          reason: '多栋楼外墙瓷砖脱落，房屋、供热、市政管线交叉。',
          tried: '已围挡、张贴警示，并两次约物业商谈。',
          request: '现场会诊，分清责任，定出维修办法。',
          meeting_place: '街道三楼会议室',
          ends_on: null,
          unit_ids: [units.housing.id, units.heating.id, units.works.id],
          ...given,
        },
        true,
      ),
    issue: async (given = {}) => {
      const id = await whistles.propose(given);
      await whistles.do('quanshan_leader', id, 'issue', { decision_number: '泉工委〔2026〕12号' });
      return id;
    },
    do: (who, id, act, input) => perform(db, doing(who), id, act, input),
    whistle: async (id) => (await db('whistles').where({ id }).first())!,
    called: async (id, unit) => (await listCalled(db, id)).find(({ unit_id }) => unit_id === units[unit].id)!,
  };
  return whistles;
}
