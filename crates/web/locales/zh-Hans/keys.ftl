### 给成员的通知、密钥和网络回调。

## 通知

nav-notices = 通知
nav-notices-new = 通知（{ $count } 条新）
notices-title = 通知
notices-what = 您团队的应用、密钥和申请发生了什么。除非您另有选择，每条通知也会发到您的邮箱。通知保留 90 天。
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

## 网络回调

nav-webhooks = 网络回调
webhooks-title = 网络回调
webhooks-what = 网络回调会告诉您自己的程序：您团队的应用、密钥和申请发生了什么。每条消息都有签名；失败的会在约一天内重试。
webhooks-none = 您的团队还没有网络回调。
webhook-new = 新建网络回调
webhook-team = 团队
webhook-url = 地址
webhook-url-hint = 任何人都能访问的 https 地址，例如 https://hooks.agency.gov/durward。
webhook-description = 说明
webhook-description-hint = 那里由什么接收。
webhook-events = 事件
webhook-events-hint = 选择要告知的内容。不选则全部告知。
webhook-create = 创建网络回调
webhook-save = 保存
webhook-saved = 网络回调已保存。
webhook-secret-once = 密钥只显示这一次。请保存在您的程序验证签名的地方。
webhook-secret-overlap = 24 小时内，消息同时也用旧密钥签名。
webhook-secret = 密钥
webhook-on = 已启用
webhook-off = 已停用
webhook-off-why = 于 { $time } 停用。{ $why }
webhook-failing = 连续失败 { $count } 次
webhook-test = 发送测试事件
webhook-rotate = 新密钥
webhook-switch-off = 停用
webhook-switch-on = 重新启用
webhook-delete = 删除
webhook-deliveries = 投递记录
webhook-deliveries-none = 尚未投递任何内容。
webhook-delivery = 投递
webhook-state-waiting = 等待中
webhook-state-delivered = 已送达
webhook-state-failed = 失败
webhook-state-missed = 已错过
webhook-next-try = 下次尝试 { $time }
webhook-answered = 在 { $ms } 毫秒内回应 { $status }
webhook-no-answer = { $ms } 毫秒后无回应：{ $why }
webhook-replay = 再次投递
webhook-is-replay = 重复投递
webhook-sent = 发送的内容
webhook-tries = 尝试
webhook-how = 如何验证消息
webhook-how-text = 取 webhook-id 和 webhook-timestamp 两个标头以及原样的正文，用点连接，用解码后的密钥（whsec_ 之后的部分为 Base64）计算 HMAC-SHA256，并与 webhook-signature 中每个“v1,”之后的值比较。拒绝相差超过五分钟的时间，并记住 webhook-id，使每条消息只接受一次。
webhook-all = 全部

## 密钥

nav-keys-ending = 即将到期的密钥
keys-add = 添加密钥
keys-add-what = 在旧密钥旁边添加下一个密钥。两者同时有效。
keys-paste = 证书、公钥、JWK 或密钥集
keys-paste-hint = PEM 或 JSON。切勿使用私钥。
keys-file = 或选择文件
keys-file-hint = PEM、DER 或 JSON。
keys-address = 密钥集的地址
keys-address-hint = 您的应用发布密钥的地址（jwks_uri）。如不发布请留空。
keys-address-save = 保存地址
keys-saved = 密钥已保存。
keys-request = 密钥已保存，尚未上线。请申请更改：审核后将在下一个窗口部署。
keys-request-go = 申请更改
keys-ending-title = 即将到期的密钥
keys-ending-what = 已上线应用中 90 天内到期或已到期的证书，最先到期的在前。在到期前 90、60、30、14、7 和 1 天通知团队。
keys-ending-none = 90 天内没有证书到期。
key-remove = 移除此密钥
key-remove-anyway = 我知道它仍在使用
key-serial = 序列号
key-sha256 = SHA-256
key-use = 流量占比（30 天）
key-use-unknown = 尚不清楚
key-use-percent = { $percent } %（{ $uses } 次）
key-last-used = 最近使用
key-never = 最近 30 天未使用
key-safe = 可以移除：正在使用其他密钥
key-in-use = 仍在使用
key-only = 唯一的密钥
key-waits = 请等待：尚无其他密钥接替
key-unknown = 尚无使用记录
key-ended = 已到期

## 密钥字符串
secrets-title = 密钥字符串
secrets-what = 该应用用密钥字符串证明身份。它仅在此环境有效，并且只显示一次。更换时请先创建第二个，让应用改用它，然后停用第一个。
secrets-none = 还没有密钥字符串。在创建之前，该应用无法在此获取令牌。
secrets-elsewhere = 此环境在另一个进程中运行，密钥字符串绝不外传。请让应用用密钥证明身份。
secret-shown = 请立即复制该密钥字符串。之后不会再显示。
secret-made = 创建时间
secret-made-by = 创建者
secret-ends = 到期
secret-no-end = 停用时为止
secret-unused = 尚未使用
secret-end = 停用此密钥字符串
secret-make = 创建密钥字符串
secret-days = 到期前的天数
secret-days-hint = 1 到 730。留空则一直有效，直到您停用。
