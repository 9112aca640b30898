"""Who is insured, who may lawfully act for whom, which cards they hold, and biometrics."""

from claims.table import Column, ColumnType, Table

CODE, TEXT, DATE, TIME = ColumnType.CODE, ColumnType.TEXT, ColumnType.DATE, ColumnType.TIME

SEX = {"1": ("男", "male"), "2": ("女", "female")}

# 310 and 390 are the two schemes of the standard; the others are the national code list's.
INSURANCE = {
    "310": ("职工基本医疗保险", "employees' basic insurance"),
    "320": ("公务员医疗补助", "civil servants' supplement"),
    "330": ("大额医疗费用补助", "large-amount supplement"),
    "340": ("离休人员医疗保障", "retired cadres' coverage"),
    "390": ("城乡居民基本医疗保险", "residents' basic insurance"),
    "391": ("城镇居民基本医疗保险", "urban residents' basic insurance"),
    "392": ("城乡居民大病医疗保险", "residents' critical-illness insurance"),
}

BIO_METHOD = {"face": ("人脸", "face"), "finger_vein": ("指静脉", "finger vein")}

INSURED = Table(
    name="insured",
    title="参保人",
    grain="one row per enrolment: one body can hold several",
    key=("psn_no",),
    columns=(
        Column("psn_no", CODE, "人员编号", "number of the enrolment", required=True, filled=True),
        Column("psn_name", TEXT, "人员姓名", "name as enrolled", required=True, personal=True),
        Column("psn_cert_type", CODE, "证件类型", "kind of certificate; 01 is the resident identity card"),
        Column("certno", CODE, "证件号码", "certificate number", required=True, shape="certno", personal=True),
        Column("gend", CODE, "性别", "sex as enrolled", codes=SEX),
        Column("brdy", DATE, "出生日期", "date of birth as enrolled", personal=True),
        Column("tel", CODE, "联系电话", "telephone", personal=True),
        Column("addr", TEXT, "地址", "home address", personal=True),
        Column("emp_no", CODE, "单位编号", "number of the employer or enrolling unit"),
        Column("emp_name", TEXT, "单位名称", "name of the employer or enrolling unit"),
        Column("bankacct", CODE, "银行账号", "bank account for refunds", personal=True),
        Column("insutype", CODE, "险种", "insurance scheme", codes=INSURANCE),
        Column("psn_type", CODE, "人员类别", "category of person (national code list)"),
        Column("insu_admdvs", CODE, "参保地区划", "administrative division of enrolment"),
        Column("die_date", DATE, "死亡日期", "date of death, where known"),
    ),
)

RELATIONS = Table(
    name="relations",
    title="关系",
    grain="one row per pair of persons and kind of lawful relation",
    key=("psn_no", "rel_psn_no", "rel_type"),
    columns=(
        Column("psn_no", CODE, "人员编号", "the person", required=True, filled=True, references="insured.psn_no"),
        Column(
            "rel_psn_no",
            CODE,
            "关联人员编号",
            "the related person",
            required=True,
            filled=True,
            references="insured.psn_no",
        ),
        Column(
            "rel_type",
            CODE,
            "关系类型",
            "kind of lawful co-use",
            required=True,
            filled=True,
            codes={
                "1": ("家庭共济", "registered family account"),
                "2": ("登记代办", "registered agent"),
                "3": ("同户", "same household"),
            },
        ),
        Column("begndate", DATE, "开始日期", "first day the relation holds"),
        Column("enddate", DATE, "结束日期", "last day the relation holds", future=True),
    ),
    spans=(("begndate", "enddate"),),
)

CARDS = Table(
    name="cards",
    title="卡",
    grain="one row per card or account number",
    key=("card_no",),
    columns=(
        Column("card_no", CODE, "卡号", "number of the card", required=True, filled=True),
        Column("psn_no", CODE, "人员编号", "the holder", required=True, filled=True, references="insured.psn_no"),
        Column(
            "card_type",
            CODE,
            "卡类型",
            "social-security card, or the account behind an e-credential",
            codes={"03": ("社保卡", "social-security card"), "01": ("电子凭证账户", "e-credential account")},
        ),
        Column("iss_date", DATE, "发卡日期", "day of issue"),
        Column("stop_date", DATE, "停用日期", "day from which it is no longer valid", future=True),
        Column("loss_date", DATE, "挂失日期", "day it was reported lost"),
    ),
    spans=(("iss_date", "stop_date"),),
)

BIO_CHECKS = Table(
    name="bio_checks",
    title="生物核验",
    grain="one row per check at a ward round or counter",
    key=("check_id",),
    columns=(
        Column("check_id", CODE, "核验ID", "number of the check", required=True, filled=True),
        Column("check_time", TIME, "核验时间", "when it was done", required=True, filled=True),
        Column(
            "fixmedins_code",
            CODE,
            "机构编号",
            "where it was done",
            required=True,
            filled=True,
            references="institutions.fixmedins_code",
        ),
        Column(
            "psn_no",
            CODE,
            "人员编号",
            "who should have been there",
            required=True,
            filled=True,
            references="insured.psn_no",
        ),
        Column("method", CODE, "核验方式", "face or finger vein", codes=BIO_METHOD),
        Column(
            "result",
            CODE,
            "核验结果",
            "what the check found",
            required=True,
            filled=True,
            codes={
                "match": ("一致", "match"),
                "mismatch": ("不一致", "mismatch"),
                "absent": ("不在场", "absent"),
            },
        ),
        Column("score", ColumnType.NUMBER, "比对分值", "similarity score of the device", unit="device scale"),
    ),
    month_of="check_time",
)

BIO_TEMPLATES = Table(
    name="bio_templates",
    title="生物模板",
    grain="one row per person and method",
    key=("psn_no", "method"),
    columns=(
        Column("psn_no", CODE, "人员编号", "the person", required=True, filled=True, references="insured.psn_no"),
        Column(
            "method",
            CODE,
            "核验方式",
            "face or finger vein",
            required=True,
            filled=True,
            codes=BIO_METHOD,
        ),
        Column(
            "template",
            ColumnType.VECTOR,
            "模板",
            "feature vector of the device",
            required=True,
            filled=True,
            personal=True,
        ),
        Column("enrl_time", TIME, "采集时间", "when it was enrolled"),
    ),
    parquet_only=True,
)
