### Words of technical support.

nav-support = 技术支持
tickets-title = 技术支持
tickets-what = 您的团队向技术支持提出的问题，最新答复在前。您也可以通过邮件答复。
tickets-what-staff = 所有团队向技术支持提出的问题，最新答复在前，并显示距上次发言的时间。
tickets-filter = 按状态查看工单
tickets-all = 全部
tickets-none = 这里没有工单。
tickets-older = 更早的工单
ticket-new = 联系支持
ticket-new-what = 请说明您做了什么、发生了什么以及您期望的结果。请不要填写登录者的个人信息：请求编号足以查明发生了什么。
ticket-team = 团队
ticket-category = 问题类别
ticket-app = 应用
ticket-app-hint = 应用的短名称，与其页面地址中的一致
ticket-request = 请求编号
ticket-request-hint = 错误页面或应答中显示的编号
ticket-subject = 主题
ticket-text = 您的问题
ticket-text-hint = 纯文本，最多 10,000 个字符
ticket-send = 发送给支持人员
ticket-conversation = 对话
ticket-answer = 答复
ticket-your-answer = 您的答复
ticket-send-answer = 发送答复
ticket-move = 更改状态
ticket-move-it = 更改状态
ticket-is-over = 此工单已关闭。如还有问题，请新建工单。
ticket-opened-by = 由 { $who } 于 { $time } 创建
ticket-who = { $who }（{ $side }）
ticket-by-mail = 通过邮件
ticket-moved-to = 新状态：{ $state }
ticket-side-partner = 团队
ticket-side-support = 支持
ticket-is-open = 待处理
ticket-is-waiting-for-partner = 等待团队答复
ticket-is-waiting-for-support = 等待支持答复
ticket-is-solved = 已解决
ticket-is-closed = 已关闭
ticket-about-sign-in = 登录失败
ticket-about-configuration = 配置、密钥和徽标
ticket-about-launch = 上线或变更
ticket-about-agreement = 协议
ticket-about-portal = 团队与门户
ticket-about-other = 其他
ticket-mail-above = 请在此行上方填写您的答复。
support-ask-app = 就此应用咨询支持人员
support-ask-request = 就此请求咨询支持人员
inbox-answer-to = 可用任何邮件程序经 { $smtp } 回复至
help-support-what = 支持人员在您团队的页面上和通过邮件解答指南未涵盖的问题。请提供错误页面上的请求编号：凭它就能查明发生了什么。
help-ask-support = 联系支持
notice-ticket-opened-subject = 技术支持：{ $subject }
notice-ticket-opened-text =
    团队 { $team } 的 { $who } 就“{ $subject }”提问：

    { $words }
notice-ticket-answered-subject = Re: 技术支持：{ $subject }
notice-ticket-answered-text =
    { $who } 就“{ $subject }”答复：

    { $words }
notice-ticket-moved-subject = 技术支持：{ $subject } – { $state }
notice-ticket-moved-text = { $who } 更改了工单“{ $subject }”的状态：{ $state }。
error-ticket-not-found = 没有您可以查看的此工单。请检查地址。
error-ticket-team = 请说明由您的哪个团队提问。尚未加入团队的人请向团队管理员申请邀请。
error-ticket-app = 您的团队没有此应用。请留空或选择您自己的应用。
error-ticket-subject = 请用一行 3 至 150 个字符说明主题。
error-ticket-text = 请填写最多 10,000 个字符的纯文本。
error-ticket-request-id = 这不是请求编号。请从错误页面或应答中复制，或留空。
error-ticket-closed = 工单已关闭。请新建工单并提及此工单。
error-ticket-state = 工单不能从当前状态变为此状态。请重新加载。
error-ticket-full = 工单已有 500 条记录。请新建工单并提及此工单。
error-ticket-too-many = 您在一小时内创建了许多工单。请在其中一个里答复，或稍候。
