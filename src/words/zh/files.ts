/** Files: what may be sent, said before it is. */
export const files = {
  label: '图片、录音或文件',
  kinds: 'JPG、PNG、WebP 图片，录音（MP3、M4A、OGG、WAV、WebM，不超过 10 MB）和 PDF（不超过 10 MB）',
  kept: '已上传，取消勾选则不提交',
  picture: '图片',
  sound: '录音',
  document: '文件',
  undrawn: { waiting: '图片正在处理', unreadable: '图片无法读取', later: '图片暂不能显示' },
  sizes: (kb: number) => (kb < 1024 ? `${Math.max(1, Math.round(kb))} KB` : `${(kb / 1024).toFixed(1)} MB`),
};
