"""How the words of rule documents are said."""

from competition.problems import N_

KIND_NAMES = {
    "subsidy": N_("竞赛补贴"),
    "promotion": N_("直接晋级"),
    "awards": N_("奖项"),
    "seedling": N_("青苗选手"),
    "procedure": N_("复核与申诉"),
}
STANDING_NAMES = {
    "policy": N_("政策"),
    "found": N_("公开来源"),
    "default": N_("默认值"),
    "example": N_("示例"),
}
TIERS = {
    "world": N_("世界级"),
    "national": N_("国家级"),
    "provincial": N_("省级"),
    "municipal": N_("市级"),
    "base": N_("基层"),
}
CLASSES = {"first": N_("一类"), "second": N_("二类")}
CATEGORIES = {
    "comprehensive": N_("综合性"),
    "digital": N_("数字技能"),
    "rural": N_("乡村振兴"),
    "employee": N_("职工竞赛"),
    "school": N_("院校竞赛"),
    "special": N_("高精尖缺专项"),
    "training": N_("技能练兵"),
}
GROUPS = {"employee": N_("职工组"), "student": N_("学生组"), "teacher": N_("教师组"), "open": N_("不分组")}
LEVELS = {
    "apprentice": N_("学徒工"),
    "junior": N_("初级工（五级）"),
    "intermediate": N_("中级工（四级）"),
    "senior": N_("高级工（三级）"),
    "technician": N_("技师（二级）"),
    "senior_technician": N_("高级技师（一级）"),
    "special_technician": N_("特级技师"),
    "chief_technician": N_("首席技师"),
    "plus_one": N_("在现有等级上晋升一级"),
    "none": N_("—"),
}
AWARD_LEVELS = {
    "gold": N_("金牌"),
    "silver": N_("银牌"),
    "bronze": N_("铜牌"),
    "excellence": N_("优胜奖"),
}
SETTINGS = {
    "entered": N_("进入决赛的认定"),
    "same_person_same_contest": N_("同一竞赛多个赛项"),
    "same_person_tiers": N_("同年多个层级"),
    "annual_plan_only": N_("只计年度计划内竞赛"),
    "unit_in_city": N_("单位须在本市"),
    "notice_working_days": N_("公示工作日"),
    "occupation_has_standard": N_("职业须有国家标准"),
    "once_per_year": N_("每人每年一次"),
    "min_entrants": N_("最少参赛人数"),
    "honours_need_employee": N_("荣誉须为职工"),
    "honours_once": N_("荣誉不重复授予"),
    "review_from_steps": N_("越级提示核对"),
    "award_levels": N_("获奖等次"),
    "last_rank": N_("决赛名次不低于"),
    "tiers": N_("竞赛层级"),
    "recommendation_required": N_("须经推荐"),
    "extended_skills": N_("放宽年龄的赛项"),
    "recheck_top_by": N_("必查部分的取法"),
    "recheck_top_percent": N_("必查比例（%）"),
    "recheck_top_count": N_("必查人数"),
    "recheck_rest_percent": N_("其余抽查比例（%）"),
    "recheck_error_percent": N_("全部复核的差错率（%）"),
    "appeal_hours": N_("申诉时限（小时）"),
    "judge_bias_percent": N_("裁判偏离提示（满分的 %）"),
    "judge_scatter_percent": N_("裁判离散提示（满分的 %）"),
    "judge_home_percent": N_("偏向本代表队提示（满分的 %）"),
    "judge_least_marks": N_("分析裁判所需分值数"),
    "outlier_percent": N_("离群提示（满分的 %）"),
    "shared_within": N_("同奖分差（标度分）"),
    "excellence_from": N_("优胜奖标度分不低于"),
}
VALUES = {
    "listed": N_("列入名单"),
    "checked_in": N_("已检录"),
    "scored": N_("有成绩"),
    "once": N_("每人一次"),
    "each": N_("分别计算"),
    "highest": N_("只计最高层级"),
    "percent": N_("按比例"),
    "count": N_("按人数"),
    **TIERS,
    **AWARD_LEVELS,
}
