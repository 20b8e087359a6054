# 账户的电子邮件地址。
emails-title = 您的电子邮件地址
emails-what = 每个已确认的地址都可以用来登录，并会收到有关您账户的所有通知。除非您为某项服务另选地址，否则服务会收到主要地址。
emails-primary = 主要
emails-make-primary = 设为主要地址
emails-make-primary-named = 将 { $email } 设为主要地址
emails-remove = 移除
emails-remove-named = 移除 { $email }
emails-waiting = 尚未确认
emails-enter-code = 输入验证码
emails-add = 添加地址
emails-add-button = 添加地址
emails-back = 返回您的账户
emails-later = 稍后再做
emails-sent = 我们已向 { $email } 发送了验证码和链接。请在此输入验证码，或打开链接。
emails-added = 该地址已确认，现在属于您的账户。
emails-removed = 该地址已移除。
emails-made-primary = 这是您现在的主要地址。
emails-link-what = 请确认 { $email } 是您的地址，并且是您要求将其添加到您的账户。
emails-link-elsewhere = 您没有在此浏览器中登录该账户。如果这不是您的要求，请关闭此页面。
emails-link-done-title = 地址已确认
emails-link-done = 该地址现在属于该账户。请回到您提出要求的浏览器。
account-manage-emails = 更改您的电子邮件地址
error-addresses-yours-already = 该电子邮件地址已属于您的账户。
error-addresses-enough = 您的账户已达到电子邮件地址的数量上限。请先移除一个。
error-addresses-not-yours = 您的账户没有该电子邮件地址。请再看一下列表。
error-addresses-last = 这是您账户唯一的电子邮件地址。请先添加另一个。
mail-address-subject = 请为 { $title } 确认此电子邮件地址
mail-address-text =
    您的验证码是 { $code }

    请在您要求将此地址添加到账户的页面输入它，或打开此链接：
    { $link }

    两者在 { $minutes } 分钟内有效。如果这不是您的要求，请忽略此邮件：没有验证码或链接，就不会添加任何内容。
mail-address-in-use-subject = 有人要求将您的地址添加到另一个账户
mail-address-in-use-text =
    有人在登录 { $title } 后要求将此电子邮件地址添加到其账户。该地址已属于一个账户，因此没有添加，也没有告知对方。

    如果是您本人，请改为登录此地址的账户：
    { $link }

    如果不是，您无需做任何事。
mail-address-added-subject = 您的账户添加了一个电子邮件地址
mail-address-added-text =
    { $email } 已添加到您的 { $title } 账户。它可以用来登录，并会收到所有通知。

    如果这不是您所为，请登录、移除该地址并更改密码：
    { $link }
mail-address-removed-subject = 您的账户移除了一个电子邮件地址
mail-address-removed-text =
    { $email } 已从您的 { $title } 账户移除。

    如果这不是您所为，请用您的另一个地址登录并检查您的账户：
    { $link }
