"""Where claims arise: institutions, practitioners, and the stock they hold."""

from claims.table import Column, ColumnType, Table

CODE, TEXT, TIME = ColumnType.CODE, ColumnType.TEXT, ColumnType.TIME

INSTITUTIONS = Table(
    name="institutions",
    title="定点机构",
    grain="one row per designated institution",
    key=("fixmedins_code",),
    columns=(
        Column("fixmedins_code", CODE, "机构编号", "number of the institution", required=True, filled=True),
        Column("fixmedins_name", TEXT, "机构名称", "name of the institution", required=True),
        Column(
            "fixmedins_type",
            CODE,
            "机构类型",
            "hospital or pharmacy",
            required=True,
            filled=True,
            codes={"1": ("医疗机构", "medical institution"), "2": ("药店", "pharmacy")},
        ),
        Column("hosp_lv", CODE, "机构等级", "level of the hospital (national code list)"),
        Column("admdvs", CODE, "区划", "administrative division"),
        Column("bed_cnt", ColumnType.INTEGER, "床位数", "approved beds", unit="beds"),
        Column("lnt", ColumnType.NUMBER, "经度", "longitude", unit="degrees"),
        Column("lat", ColumnType.NUMBER, "纬度", "latitude", unit="degrees"),
        Column("legrep_name", TEXT, "法人", "legal representative", personal=True),
        Column("bankacct", CODE, "银行账号", "bank account for settlement", personal=True),
        Column("tel", CODE, "联系电话", "telephone", personal=True),
        Column("addr", TEXT, "地址", "address"),
    ),
)

PRACTITIONERS = Table(
    name="practitioners",
    title="医药人员",
    grain="one row per practitioner and institution of practice",
    key=("dr_code", "fixmedins_code"),
    columns=(
        Column(
            "dr_code",
            CODE,
            "医师/药师代码",
            "national code of the practitioner",
            required=True,
            filled=True,
        ),
        Column("dr_name", TEXT, "医师/药师姓名", "name", required=True, personal=True),
        Column("certno", CODE, "证件号码", "certificate number", shape="certno", personal=True),
        Column("tel", CODE, "联系电话", "telephone", personal=True),
        Column(
            "fixmedins_code",
            CODE,
            "机构编号",
            "place of practice",
            required=True,
            filled=True,
            references="institutions.fixmedins_code",
        ),
        Column("dept_codg", CODE, "科室", "department"),
        Column(
            "prac_type",
            CODE,
            "人员类型",
            "kind of practitioner",
            codes={
                "1": ("医师", "physician"),
                "2": ("药师", "pharmacist"),
                "3": ("护士", "nurse"),
                "4": ("技师", "technician"),
                "5": ("收费/结算", "cashier"),
            },
        ),
        Column("bankacct", CODE, "银行账号", "bank account", personal=True),
    ),
)

STOCK_MOVES = Table(
    name="stock_moves",
    title="进销存",
    grain="one row per change of stock",
    key=("inv_chg_id",),
    columns=(
        Column("inv_chg_id", CODE, "库存变更ID", "number of the change", required=True, filled=True),
        Column(
            "fixmedins_code",
            CODE,
            "机构编号",
            "whose stock",
            required=True,
            filled=True,
            references="institutions.fixmedins_code",
        ),
        Column("med_list_codg", CODE, "目录编码", "catalogue code of the item", required=True, filled=True),
        Column("drug_trac_codg", CODE, "药品追溯码", "trace code of the box"),
        Column(
            "inv_chg_type",
            CODE,
            "库存变更类型",
            "what happened",
            required=True,
            filled=True,
            codes={
                "101": ("购入", "bought"),
                "102": ("售出", "sold"),
                "103": ("退货", "returned"),
                "104": ("盘点", "counted"),
            },
        ),
        Column(
            "cnt",
            ColumnType.QUANTITY,
            "数量",
            "how much",
            required=True,
            filled=True,
            unit="sales units",
        ),
        Column("inv_chg_time", TIME, "变更时间", "when", required=True, filled=True),
    ),
    month_of="inv_chg_time",
)
