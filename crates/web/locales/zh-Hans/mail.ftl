### 发给用户的邮件。

mail-on-the-way = 您正在前往 { $app }。
mail-confirm-subject = 请确认您在 { $title } 的电子邮件地址
mail-confirm-text =
    有人（希望是您本人）正在用此电子邮件地址在 { $title } 创建账户。

    请在您开始时的页面输入此验证码：{ $code }

    或打开此链接并点击按钮：
    { $link }

    验证码和链接在 { $minutes } 分钟内有效。如果不是您本人，请不要操作：不会创建账户。
mail-exists-subject = 您在 { $title } 已有账户
mail-exists-text =
    有人（也许是您本人）想用此电子邮件地址在 { $title } 创建账户。它已经有账户了。

    请在此登录：
    { $link }

    如果不是您本人，请不要操作。没有人得知该账户存在。
mail-created-subject = 您在 { $title } 的账户已就绪
mail-created-text =
    您的账户已用此电子邮件地址和身份验证应用创建。

    您可以在此找到它：
    { $link }

    如果不是您本人，说明有人可以访问您的邮箱。请更改邮箱密码并联系支持人员。
