"""What belongs to one sex or one age, by definition of ICD-10 and in the words of the catalogue.

Chapters are those ICD-10 itself marks as sex-bound (tabular list, chapters II, XIV, XV, XVI, XXI);
words are those of the national service and drug catalogues. Breast diseases, osteoporosis,
urinary complaints and hormones given to both sexes are left out on purpose.
"""

FEMALE_DIAGNOSES = (
    "^(C5[1-8]|D06|D07[.]?[0-3]|D2[5-8]|D39|E28|F53|L29[.]?2|N7[0-7]|N8[0-9]|N9[0-8]|O[0-9]|Q5[0-2]|R87|S31[.]?4"
    "|Z01[.]?4|Z12[.]?4|Z3[2-7]|Z39|Z87[.]?5|A34|B37[.]?3|M80[.]?0|M81[.]?0|M83[.]?0)"
)
MALE_DIAGNOSES = (
    "^(B26[.]?0|C6[0-3]|D07[.]?[4-6]|D29|D40|E29|L29[.]?1|N4[0-9]|N50|N51|Q5[3-5]|R86|S31[.]?[23]|Z12[.]?5)"
)
MATERNITY = "^(O[0-9]|Z3[2-9])"
NEWBORN_DIAGNOSES = "^(P[0-8]|P9[0-6]|Z38)"

# Words of services and drugs; a drug that either sex may take (finasteride for hair, progesterone
# in assisted reproduction) is left out.
FEMALE_ITEMS = (
    "阴道|宫颈|子宫|卵巢|输卵管|妇科|产前|产后|分娩|接生|"
    "顺产|剖宫|胎心|胎儿|妊娠|人工流产|引产|宫内节育|外阴|会阴侧切|缩宫素|妇炎|妇康"
)
MALE_ITEMS = "前列腺|睾丸|附睾|精囊|精索|阴茎|包皮|阴囊|输精管|精液"
CHILD_ITEMS = "小儿|婴儿|婴幼儿|新生儿|早产儿|儿童"
CHILD_DIAGNOSES = "小儿|婴儿|婴幼儿|新生儿|早产儿|儿童"
