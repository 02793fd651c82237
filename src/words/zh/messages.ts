import { domain } from './domain.ts';

/** What a text to an appellant may hold; only what its event brings along is there. */
interface Said {
  /** The number of the appeal, or of the one that it was merged into. */
  readonly number: string;
  readonly question?: string;
  readonly answer?: string;
  readonly reason?: string;
  readonly other_way?: string;
  readonly lapsed?: boolean;
  readonly due_on?: string;
  /** Where the number and its code open the progress. */
  readonly follow?: string;
}

/** The inbox of staff, and the texts that appellants get. */
export const messages = {
  title: '消息',
  all: '全部',
  unread_only: '未读',
  unread: '未读',
  mark_all_read: '全部标为已读',
  marked: (n: number) => `已将 ${n} 条消息标为已读。`,
  none: '没有消息',
  none_text: '工单下达、退回、审核等与您岗位有关的事项会出现在这里。',
  none_unread: '没有未读消息',
  events: {
    order_made: '新工单下达，请签收',
    order_recalled: '工单已撤回',
    order_returned: '工单被退回',
    return_rejected: '退单未获同意，已指定办理',
    return_requested: '收到退单申请，请裁定',
    submitted: '工单已办结，请审核',
    sent_back: '审核未通过，请继续办理',
    approved: '办结已审核通过',
    escalated: '下级上报，请签收',
    rework: '诉求人不满意，请重新办理',
    reviewed: '诉求已复核',
    supervision: '二次不满意，请会签督办',
    reveal_limit: '查看来电人次数接近上限',
    termination_requested: '收到终止办理申请',
    extension_requested: '收到延期申请，请审批',
    suspension_requested: '收到挂起申请，请审批',
    request_granted: '延期或挂起申请已获批准',
    request_denied: '延期或挂起申请未获批准',
    resumed: '挂起的工单已恢复办理',
    comment: '诉求有新的备注',
  },
  sms_sign: '【招即办】',
  sms_link: (link: string) => ` 请评价：${link} （本链接只能用一次，请勿转发）`,
  sms: {
    registered: ({ number, follow }: Said) =>
      `您的诉求已登记，编号 ${number}。我们会尽快受理，处理进展将短信告知您。${follow ? `凭编号和查询码可随时查看进度：${follow}` : ''}`,
    details_wanted: ({ number, question = '' }: Said) =>
      `您的诉求 ${number} 还需补充：${question} 请在 5 个工作日内拨打热线补充，逾期将先行结案，之后仍可重新提出。`,
    declined: ({ number, reason = '', other_way = '' }: Said) =>
      `您的诉求 ${number} 不予受理：${(domain.decline_reasons as Record<string, string>)[reason] ?? reason}。您可以：${other_way}`,
    accepted: ({ number }: Said) => `您的诉求 ${number} 已受理，正在分派承办单位。`,
    answered: ({ number, answer = '' }: Said) => `关于您的诉求 ${number}，答复如下：${answer}`,
    extended: ({ number, due_on = '', reason = '' }: Said) => `您的诉求 ${number} 办理期限延长至 ${due_on}，原因：${reason}`,
    finished: ({ number }: Said) => `您的诉求 ${number} 已办理完毕，近日将有工作人员电话回访，请您评价。`,
    closed: ({ number, lapsed }: Said) =>
      lapsed
        ? `您的诉求 ${number} 因未收到补充材料已先行结案。如仍需办理，请随时来电重新提出。`
        : `您的诉求 ${number} 已结案，感谢您的反映和评价。`,
    withdrawn: ({ number }: Said) => `您的诉求 ${number} 已按您的要求撤回。`,
    merged: ({ number }: Said) => `您反映的问题已与诉求 ${number} 合并办理，办理结果会同样答复您，并请您单独评价。`,
    terminated: ({ number, other_way = '' }: Said) => `您的诉求 ${number} 终止办理。您可以：${other_way}`,
  },
};
