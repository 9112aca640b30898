"""What node and edge types are called by people, in both languages, and how money is written."""

from claims.language import language
from graph.model import NodeType

Title = tuple[str, str]  # Chinese, English

NODE_TITLES: dict[NodeType, Title] = {
    NodeType.PERSON: ("参保人", "insured person"),
    NodeType.CARD: ("医保卡", "card"),
    NodeType.DOCTOR: ("医药人员", "practitioner"),
    NodeType.INSTITUTION: ("定点机构", "institution"),
    NodeType.TERMINAL: ("结算终端", "terminal"),
    NodeType.PHONE: ("电话", "telephone"),
    NodeType.ADDRESS: ("地址", "address"),
    NodeType.ACCOUNT: ("银行账号", "bank account"),
    NodeType.EMPLOYER: ("单位", "employer"),
    NodeType.DRUG_BOX: ("药盒", "drug box"),
    NodeType.RING: ("团伙线索", "ring"),
}

EDGE_TITLES: dict[str, Title] = {
    "HOLDS": ("持有", "holds"),
    "WORKS_AT": ("执业于", "works at"),
    "LOCATED_AT": ("位于", "located at"),
    "EMPLOYED_BY": ("就业于", "employed by"),
    "HAS_PHONE": ("登记电话", "has telephone"),
    "HAS_ADDRESS": ("登记地址", "has address"),
    "HAS_ACCOUNT": ("登记账号", "has account"),
    "RELATED": ("登记关系", "lawfully related"),
    "USED_CARD": ("使用卡", "used card"),
    "USED_AT": ("刷卡机构", "used at"),
    "VISITED": ("就诊购药", "visited"),
    "TREATED_BY": ("接诊", "treated by"),
    "PRESCRIBED": ("开具外配处方", "prescribed"),
    "FILLED_AT": ("处方配药", "filled at"),
    "SWIPED_ON": ("刷卡终端", "swiped on"),
    "AGENT_PHONE": ("代办电话", "agent's telephone"),
    "ACTED_FOR": ("代办", "acted for"),
    "DISPENSED": ("售出药盒", "dispensed"),
    "RECEIVED": ("购得药盒", "received"),
    "CO_VISITED": ("同行就诊", "visited together"),
    "POSSIBLY_SAME": ("疑为同一人", "possibly the same"),
    "MEMBER_OF": ("线索成员", "member of"),
}


def node_title(type_: NodeType) -> str:
    """Name of a node type in the language in force."""
    return _chosen(NODE_TITLES[type_])


def edge_title(type_: str) -> str:
    """Name of an edge type in the language in force."""
    return _chosen(EDGE_TITLES[type_])


def yuan(fen: int) -> str:
    """Write fen as yuan: 1,234.50."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def _chosen(title: Title) -> str:
    return title[0] if language() == "zh_CN" else title[1]
