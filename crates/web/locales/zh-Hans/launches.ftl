# 上线申请、证明材料、预发布环境与审核。
state-superseded = 已被取代
event-supersede = 被较新的申请取代
notice-request-superseded-subject = { $app }：申请已被取代
notice-request-superseded-text = { $app } 在{ $environment }的较新申请已取代此申请。其批准不再有效。
rule-link = 前往处理
conflict-of-interest = 您属于提出申请的机构（{ $agency }）的团队。须由该机构以外的审核人员决定。
