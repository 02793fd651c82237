import type { Random } from './random.ts';

const surnames =
  '王王王王王李李李李张张张张刘刘刘孙孙孙陈杨于于姜姜曲曲徐徐宋赵赵吕杜迟冷郝温原路栾滕隋邵丛邹战盛解初林马高郭胡朱何梁曹姚冯董萧程袁邓许傅沈崔吴'.split(
    '',
  );
const middles = '建国志明晓玉春海文永振秀丽淑桂红光德福兴忠世家金庆学培少立长新宝瑞景炳维克传洪思雨子佳梦一'.split('');
const lastOfMen = '军强伟涛波勇磊刚杰峰鹏超斌辉亮龙平明林松泉山东海江诚良民生武祥'.split('');
const lastOfWomen = '芳燕霞敏静娟丽红梅玲兰英华萍艳娜慧琴云洁雪莹璐婷香珍凤欣悦'.split('');

export type Gender = 'male' | 'female';

export function makeName(random: Random, gender: Gender): string {
  const last = random.pick(gender === 'male' ? lastOfMen : lastOfWomen);
  return random.pick(surnames) + (random.chance(0.72) ? random.pick(middles) : '') + last;
}

/**
 * Eleven digits beginning with 154: the form of a mobile number, but a block that no Chinese operator has been given,
 * so that no demo number rings anybody's telephone. `serial` 0–99,999,999; equal serials give equal numbers.
 */
export function mobile(serial: number): string {
  return `154${String((serial * 48271 + 7_313_417) % 100_000_000).padStart(8, '0')}`;
}

/** 0535 is Yantai's code; no local number in China begins with 0, so the exchange cannot exist. */
export function workPhone(serial: number): string {
  return `0535-0${String(100_000 + (serial % 900_000))}`;
}
