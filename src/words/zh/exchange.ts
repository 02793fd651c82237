/** Imports: how columns are called in the lists of other systems, and why a row was not taken. */
export const exchange = {
  headers: {
    key: ['编号', '留言编号', '工单编号', '诉求编号', '单号', '序号'],
    title: ['主题', '标题', '留言主题', '诉求标题'],
    received_at: ['时间', '留言时间', '诉求时间', '来电时间', '受理时间', '登记时间', '提交时间', '日期'],
    content: ['详情', '内容', '留言详情', '留言内容', '诉求内容', '诉求详情', '反映内容', '来电内容', '工单内容', '问题描述'],
    name: ['姓名', '用户', '留言用户', '来电人', '诉求人', '联系人', '留言人'],
    phone: ['电话', '手机', '联系电话', '来电号码', '手机号码', '联系方式'],
    address: ['地址', '地点', '位置', '事发地址', '事发地点'],
    reply: ['答复', '回复', '答复意见', '答复内容', '回复内容', '回复意见', '办理结果', '办理意见'],
    replied_at: ['答复时间', '回复时间', '办结时间', '办理时间', '答复日期', '回复日期'],
  },
  reasons: {
    broken: '引号不成对，无法识别这一行',
    columns: '列数与表头不一致',
    line_too_long: '这一行过长',
    no_content: '没有内容',
    content_too_long: '内容超过 20000 字',
    reply_too_long: '答复超过 20000 字',
    bad_time: '时间无法识别',
    in_the_future: '时间晚于现在',
    bad_reply_time: '答复时间无法识别',
    reply_first: '答复时间早于诉求时间',
    same_key: '编号与前面的行重复',
    failed: '没有保存成功',
  },
};
