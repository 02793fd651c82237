/** Why a request could not be met (by the code of the refusal), and what to do next. */
export const failures = {
  not_found: { title: '没有这个页面', text: '地址可能有误，或者这项内容不在您的权限范围内。请核对编号，或从左侧菜单进入。' },
  forbidden: { title: '不能这样做', text: '您当前的岗位没有这项权限。如果您还有其他岗位，请在右上角切换后再试。' },
  cross_site: { title: '请求已拦截', text: '这次提交不是从本系统的页面发出的，没有执行。请回到原页面重新操作。' },
  conflict: { title: '情况已有变化', text: '就在刚才，这件事已由他人处理，您的操作没有执行。请查看最新情况后再决定。' },
  bad_request: { title: '请求无法识别', text: '收到的内容不完整或格式有误，没有保存。请返回上一页重新提交。' },
  too_large: { title: '内容过大', text: '提交的内容超过上限，没有保存。请减少文件或缩小图片后重试。' },
  too_many: { title: '操作过于频繁', text: '请稍等片刻再试。' },
  unavailable: { title: '暂时无法响应', text: '系统正忙或正在维护，您的操作没有执行。请稍后再试。' },
  broken: { title: '系统出错了', text: '问题已记录。请稍后重试；如果仍然不行，请把下面的编号告诉系统管理员。' },
  own_account: { title: '不能办理自己的账号', text: '自己的账号、岗位由另一名管理员办理；修改密码请进入“账号与安全”。' },
  administrator_account: { title: '不能重置三员的密码', text: '系统、安全、审计管理员的密码只能由本人修改；遗失时由运维人员在服务器上重置。' },
};
