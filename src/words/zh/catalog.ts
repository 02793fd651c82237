/** The rules catalogue: categories, dispatch catalogue, calendar, parameters. */
export const catalog = {
  limits: {
    minutes: (n: number) => `${n} 分钟`, hours: (n: number) => `${n} 小时`, office_minutes: (n: number) => `${n} 个工作分钟`, office_hours: (n: number) => `${n} 个工作小时`,
    working_days: (n: number) => `${n} 个工作日`,
  },
};
