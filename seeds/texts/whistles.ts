import type { Kind, Subject } from '../../src/whistles/rules.ts';

/** A matter that a town or community whistles for: whom it calls, and what is agreed with each of them. */
export interface WhistleTopic {
  readonly kind: Kind;
  readonly subject: Exclude<Subject, 'appeal'>;
  readonly title: string;
  readonly reason: string;
  readonly tried: string;
  readonly request: string;
  /** By the code of the unit: the part it is given. */
  readonly parts: Readonly<Record<string, string>>;
  readonly outsiders: string;
  readonly outcome: string;
}

export const whistleTopics: readonly WhistleTopic[] = [
  {
    kind: 'routine',
    subject: 'project',
    title: '沿街商铺占道经营反复回潮',
    reason: '早市延长线二百余米被摊位占用，消防通道受阻，居民多次反映。',
    tried: '网格每日巡查劝导，社区与摊主约谈两次，收效不长。',
    request: '现场会诊，划定疏导区，明确巡查和执法分工。',
    parts: {
      law_enforcement: '划定疏导点并撤除占道摊位',
      traffic_police: '恢复禁停标线，错峰值守',
      market_regulation: '核查经营证照',
    },
    outsiders: '商户代表 2 人、居民代表 1 人',
    outcome: '疏导点启用，占道摊位全部入点经营，连续两周无回潮。',
  },
  {
    kind: 'emergency',
    subject: 'enterprise',
    title: '厂区旁燃气异味，附近居民聚集',
    reason: '居民闻到明显异味，已疏散一栋楼，来源不明。',
    tried: '网格员已拉警戒线并劝离围观人员。',
    request: '立即到场检测、断气、警戒。',
    parts: { fire_rescue: '现场检测和警戒', emergency: '牵头处置并出具结论' },
    outsiders: '燃气经营企业值班经理',
    outcome: '查明为调压箱泄漏，已更换阀门并复测合格，居民返家。',
  },
  {
    kind: 'routine',
    subject: 'project',
    title: '背街小巷雨后积水，管线权属不清',
    reason: '雨后积水半米，雨污管线交叉，多家单位都称不属自己管护。',
    tried: '街道组织抽排三次，查看图纸未能分清权属。',
    request: '到场查明权属，定出整改时限。',
    parts: { municipal_works: '疏通主管并补装雨水篦', water: '提供管线图并处理接口' },
    outsiders: '物业项目经理',
    outcome: '管线权属已明确，淤堵段改造完成，两次降雨无积水。',
  },
  {
    kind: 'hard',
    subject: 'project',
    title: '弃管小区电梯停运半年',
    reason: '建设单位注销、物业撤出，四部电梯停运，老人上下楼困难。',
    tried: '社区代管保洁，三次召集业主议事，维修资金申请缺主体。',
    request: '确定应急维修主体和资金渠道，限期恢复运行。',
    parts: { housing_construction: '启动维修资金应急程序', market_regulation: '检验电梯并出具清单' },
    outsiders: '业主代表 5 人、电梯维保单位',
    outcome: '应急维修资金到位，四部电梯检验合格恢复运行，引入信托制物业。',
  },
  {
    kind: 'routine',
    subject: 'enterprise',
    title: '食品加工企业夜间噪声扰民',
    reason: '冷库机组夜间运行，相邻小区四十余户受影响。',
    tried: '社区两次上门协调，企业加装挡板后仍不达标。',
    request: '检测定性，提出可行的降噪办法。',
    parts: { ecology_branch: '夜间监测并出具报告', law_enforcement: '督促限期整改' },
    outsiders: '企业负责人、居民代表 3 人',
    outcome: '机组移位并加装隔声罩，复测达标。',
  },
  {
    kind: 'project',
    subject: 'project',
    title: '老旧小区改造杆线入地协调',
    reason: '改造工程被架空杆线阻断，工期将误。',
    tried: '街道逐家走访产权单位，缺少统一时序。',
    request: '会商杆线迁改时序，倒排工期。',
    parts: { housing_construction: '审定改造图纸', municipal_works: '预埋管沟', natural_resources: '核定管线走廊' },
    outsiders: '施工单位项目经理',
    outcome: '杆线分三段入地，比计划提前六天。',
  },
  {
    kind: 'routine',
    subject: 'project',
    title: '学校门口上下学拥堵',
    reason: '早晚高峰接送车辆双排停放，学生穿行车流。',
    tried: '社区组织志愿者值守，人手不足，难以疏导。',
    request: '勘定临停区，调整信号，错时放学。',
    parts: { traffic_police: '施划临停区并调整配时', transport: '调整公交停靠点' },
    outsiders: '学校校长、家委会代表',
    outcome: '即停即走区启用，高峰通行时间缩短一半。',
  },
  {
    kind: 'emergency',
    subject: 'project',
    title: '主供热管道爆裂，三个小区停热',
    reason: '夜间零下六度，主管爆裂，路面结冰。',
    tried: '网格已设警示，安置独居老人到社区。',
    request: '抢修、除冰、交通管制。',
    parts: { heating_company: '抢修主管恢复供热', municipal_works: '清除路面积水结冰', traffic_police: '管制并疏导车辆' },
    outsiders: '',
    outcome: '当夜修复，次日清晨恢复供热。',
  },
];

/** The city's key project of F109: three procedures of three departments, and an end that the town set itself. */
export const jincheng: WhistleTopic = {
  kind: 'project',
  subject: 'project',
  title: '金城大厦三期扩建工程手续办理',
  reason: '金城大厦三期扩建为市级重点项目，受疫情影响开工延后，土地、图审、施工许可三项手续要在一个多月内办完。',
  tried: '街道已成立专班，逐项梳理材料，企业材料已齐，审批环节须部门联动。',
  request: '三家单位与企业座谈，一次讲清、并联办理，把耽误的时间抢回来。',
  parts: {
    natural_resources: '土地产权手续',
    admin_approval: '施工许可',
    housing_construction: '施工图审查',
  },
  outsiders: '金城大厦三期建设单位负责人、设计单位负责人',
  outcome: '一个多月办完土地产权、施工图审查、施工许可三项手续，项目按期开工，疫情耽误的时间已追回。',
};

export const refusals: readonly string[] = [
  '依据本单位“三定”规定，该事项不在职责范围；《城市道路管理条例》第六条明确由市政主管部门负责。',
  '依据《物业管理条例》第五十二条，共有部分的维修由业主大会决定，本单位无处置权限。',
];
export const closings = {
  rejected: '经研究属本级职责范围，先由社区工作站和物业限期处置，未果再议。',
  withdrawn: '产权单位已主动到场，事项当日解决，撤回本次吹哨。',
} as const;
export const judgements: readonly string[] = ['单靠一家确实解决不了，吹得及时。', '会商后分工清楚。', ''];
