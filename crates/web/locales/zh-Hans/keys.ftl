### 给成员的通知、密钥和网络回调。

## 通知

nav-notices = 通知
nav-notices-new = 通知（{ $count } 条新）
notices-title = 通知
notices-what = 您团队的应用、密钥和申请发生了什么。每条通知也会发到您的邮箱。通知保留 90 天。
notices-none = 目前还没有给您的通知。
notices-read = 全部标为已读
notices-older = 更早的通知
notice-new = 新
notices-language = 通知所用的语言
notices-language-save = 使用此语言
notices-language-saved = 从现在起，您的通知将使用此语言。
notice-mail-footer =
    在门户中查看：
    { $link }

    您收到此邮件，是因为您属于 { $title } 合作伙伴门户中的一个团队。
notice-request-submitted-subject = { $app }：{ $environment }的申请已提交
notice-request-submitted-text = 已提交让 { $app } 在{ $environment }上线的申请。如及时获得批准，将于{ $window }上线。
notice-request-changes-subject = { $app }：要求修改
notice-request-changes-text = 审核人要求修改 { $app } 在{ $environment }的申请。原因：{ $note }
notice-request-approved-subject = { $app }：已获一次批准
notice-request-approved-text = { $app } 在{ $environment }的申请已获一次批准。还需再获一次批准才会排期。
notice-request-scheduled-subject = { $app }：已批准，将于{ $window }上线
notice-request-scheduled-text = { $app } 在{ $environment }的申请已获批准。将在{ $window }的窗口部署。
notice-request-rejected-subject = { $app }：申请被拒绝
notice-request-rejected-text = { $app } 在{ $environment }的申请被拒绝。原因：{ $note }
notice-request-withdrawn-subject = { $app }：申请已撤回
notice-request-withdrawn-text = { $app } 在{ $environment }的申请已撤回。
notice-request-deployed-subject = { $app } 已在{ $environment }上线
notice-request-deployed-text = { $app } 的申请已部署。新配置现已在{ $environment }上线。
notice-request-rolled-back-subject = { $app }：已在{ $environment }回滚
notice-request-rolled-back-text = { $app } 的申请所带来的更改已在{ $environment }回滚。之前的配置重新上线。原因：{ $note }
notice-key-expiring-subject = { $app }：有证书将在 { $days } 天后到期
notice-key-expiring-text = { $app } 在{ $environment }的一张证书将于{ $ends }到期。请在旁边添加下一个密钥，让您的应用改用它，然后移除旧密钥。指纹：{ $fingerprint }
notice-key-added-subject = { $app }：在{ $environment }添加了密钥
notice-key-added-text = { $who } 在{ $environment }为 { $app } 添加了公钥。如果不是您的团队有意为之，请移除它并告知项目方。指纹：{ $fingerprint }
notice-key-removed-subject = { $app }：在{ $environment }移除了密钥
notice-key-removed-text = { $who } 在{ $environment }移除了 { $app } 的公钥。指纹：{ $fingerprint }
notice-webhook-disabled-subject = 一个网络回调已停用
notice-webhook-disabled-text = { $url } 的网络回调在连续 { $failures } 次投递失败后被停用。最后的原因：{ $why } 请修复接收端，然后重新启用。错过的事件可以重新投递。
