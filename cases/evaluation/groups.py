"""Names of the groups of a case-mix, Chinese and English: chapters of ICD-10, kinds of care, age bands."""

from cases.evaluation.case_mix import AGES, UNKNOWN
from claims.tables import BY_NAME

# Chapters of ICD-10 (WHO, tabular list), shortened.
_CHAPTERS = {
    "I": ("传染病和寄生虫病", "infectious diseases"),
    "II": ("肿瘤", "neoplasms"),
    "III": ("血液及免疫疾病", "blood and immunity"),
    "IV": ("内分泌、营养和代谢疾病", "endocrine and metabolic"),
    "V": ("精神和行为障碍", "mental and behavioural"),
    "VI": ("神经系统疾病", "nervous system"),
    "VII": ("眼病", "eye"),
    "VIII": ("耳病", "ear"),
    "IX": ("循环系统疾病", "circulatory system"),
    "X": ("呼吸系统疾病", "respiratory system"),
    "XI": ("消化系统疾病", "digestive system"),
    "XII": ("皮肤病", "skin"),
    "XIII": ("肌肉骨骼疾病", "muscles and bones"),
    "XIV": ("泌尿生殖系统疾病", "genitourinary system"),
    "XV": ("妊娠、分娩和产褥期", "pregnancy and childbirth"),
    "XVI": ("围生期情况", "perinatal conditions"),
    "XVII": ("先天畸形", "congenital conditions"),
    "XVIII": ("症状和体征", "symptoms and signs"),
    "XIX": ("损伤和中毒", "injury and poisoning"),
    "XX": ("外因", "external causes"),
    "XXI": ("健康服务接触因素", "contact with services"),
    "XXII": ("特殊目的编码", "special purposes"),
    UNKNOWN: ("诊断不详", "diagnosis not known"),
}
_CARE = {**(BY_NAME["settlements"].column("med_type").codes or {}), UNKNOWN: ("类别不详", "care not known")}


def chapter(code: str, chinese: bool) -> str:
    """Name of a chapter by its number."""
    return _CHAPTERS.get(code, (code, code))[not chinese]


def care(code: str, chinese: bool) -> str:
    """Name of a kind of care."""
    return _CARE.get(code, (code, code))[not chinese]


def age(code: str, chinese: bool) -> str:
    """Name of an age band."""
    if code not in AGES:
        return "年龄不详" if chinese else "age not known"
    if code == AGES[-1]:
        return "80岁及以上" if chinese else "80 and over"
    return f"{code.replace('-', '～')}岁" if chinese else code.replace("-", "–")
