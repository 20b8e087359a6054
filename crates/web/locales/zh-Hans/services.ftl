## Connected services
services-link = 查看并更改您共享的内容
services-what = 以下服务会收到您账户中的信息。这里显示的是它们现在会收到的内容。
services-since = 连接开始于
services-last = 上次登录
services-level = 级别
services-level-auth-only = 登录，未核实身份
services-level-identity-verified = 登录，身份已核实
services-offline = 您不在时
services-offline-yes = 在您退出后仍保持连接
services-offline-no = 不连接
services-shared = 它收到的内容
services-nothing = 除登录本身外没有其他内容。
services-change-email = 更改电子邮件地址
services-disconnect = 断开连接
services-back = 返回您的账户
services-email-changed = 该服务现在会收到您选择的地址。
services-disconnected = 该服务已断开连接，不再收到您账户中的任何内容。

## The address of one service
shared-email-title = 提供给 { $service } 的电子邮件地址
shared-email-hint = 该服务下次请求时会收到新地址，最迟在您下次登录时。
shared-email-button = 保存
shared-email-keep = 保留当前地址

## Disconnecting
disconnect-title = 要断开与 { $service } 的连接吗？
disconnect-what = 断开后，{ $service } 不再收到您账户中的任何内容。您再次登录该服务时，我们会重新询问它可以收到什么。
disconnect-kept = { $service } 以前收到的内容仍保留在那里，您在那里也可能仍处于登录状态。如需删除，请联系 { $service }。
disconnect-button = 断开连接
disconnect-stay = 保持连接

error-consent-not-connected = 您没有连接到此服务。您的账户中列有已连接的服务。
