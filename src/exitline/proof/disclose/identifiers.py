"""Columns and values that name a person: by the column's name, and by the form of its values.

Names are recognised in English and Chinese, in the words that French, Spanish and Portuguese
survey files use, and as KoboToolbox and ODK name the columns that they add by themselves. A form
is recognised by its own check digits where it has any: a number is not taken for an identity
number because it is long.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from exitline.stats.data.proposing.recognise import words

ALWAYS = ("position", "user name", "device id")
"""Kinds that a column of two values is of, too: two enumerators, two telephones."""
DIRECT = ("name", "id number", "phone", "bank account", "address", "email", *ALWAYS)
"""Kinds that no released micro data hold."""

_WORDS = {
    "id number": """passport ssn nid cnic aadhaar aadhar pan cpf curp dni cedula cni nif nin
        idcard idnumber nationalid citizenid idnum idno passportno nric sfz sfzh sfzhm zjhm
        shenfenzheng shenfenzhenghao""",
    "phone": """phone telephone tel mobile cellphone cellular whatsapp wechat telefono telefone
        celular portable movil telno mobileno phoneno sjh sjhm lxdh dianhua shouji
        shoujihao phonenumber phonenum telefon simserial simid subscriberid msisdn""",
    "bank account": """bank iban swift bic accountno accountnumber cardno banco banque cuenta compte
        bankacct bankaccount acctno cardnumber yhkh yhzh kahao zhanghao yikatong""",
    "health": """health illness ill sick sickness disease diagnosis disabled disability handicap
        hiv aids tuberculosis cancer chronic medical hospital pregnant sante salud saude maladie
        enfermedad doenca discapacidad""",
    "name": """fullname firstname lastname surname givenname familyname headname hhname nom
        prenom nombre apellido sobrenome householder xm xingming hzxm""",
    "address": "jtzz zhuzhi address addr street adresse direccion endereco houseno",
    "email": "email mail correo courriel",
    "position": """gps latitude longitude lat lon lng coordinates coords coordinate geopoint
        geolocation geotrace geoshape geom geometry altitude pluscode what3words latlong latlon
        lonlat latlng xcoord ycoord""",
    "user name": """username userid login submittedby submittername submitterid enumeratorname
        interviewername surveyorname""",
    "device id": "deviceid imei imsi macaddress androidid",
}
_PAIRS = {
    ("id", "card"): "id number", ("id", "number"): "id number", ("id", "no"): "id number",
    ("national", "id"): "id number", ("citizen", "id"): "id number", ("identity",): "id number",
    ("account", "no"): "bank account", ("account", "number"): "bank account",
    ("bank", "account"): "bank account", ("card", "no"): "bank account",
    ("card", "number"): "bank account", ("contact", "no"): "phone",
    ("contact", "number"): "phone", ("sim", "serial"): "phone", ("subscriber", "id"): "phone",
    ("user", "name"): "user name", ("user", "id"): "user name", ("submitted", "by"): "user name",
    ("submitter", "name"): "user name", ("submitter", "id"): "user name",
    ("enumerator", "name"): "user name", ("interviewer", "name"): "user name",
    ("instance", "name"): "name", ("device", "id"): "device id", ("mac", "address"): "device id",
}  # fmt: skip
_PERSONAL = {"full", "first", "last", "sur", "given", "family", "head", "respondent", "person",
             "member", "hh"}  # fmt: skip
_CHINESE = {
    "id number": "身份证 证件 护照 社保号 公民身份 低保证 户口本",
    "phone": "电话 手机 联系方式 微信",
    "bank account": "银行 账号 帐号 卡号 开户 账户 存折 一卡通",
    "health": "疾病 患病 残疾 健康 病种 医疗 大病 慢病 慢性病 病史 精神",
    "name": "姓名 名字 户主名",
    "address": "住址 地址 门牌",
    "email": "邮箱 邮件",
    "position": "经度 纬度 坐标 定位",
    "user name": "用户名 调查员姓名",
    "device id": "设备号 设备编号",
}


def kind_of_name(name: str) -> str | None:
    """What a column holds about a person, by its name; None where nothing is recognised.

    Parameters
    ----------
    name : str

    Returns
    -------
    str or None
        One of `DIRECT`, or "health".

    Examples
    --------
    >>> [kind_of_name(n) for n in ("HeadName", "id_card_no", "身份证号", "village_name", "water")]
    ['name', 'id number', 'id number', None, None]
    """
    chinese = re.sub(r"\s", "", name)
    if chinese == "户主":
        return "name"
    for kind, texts in _CHINESE.items():
        if any(text in chinese for text in texts.split()):
            return kind
    parts = tuple(part.rstrip("0123456789") or part for part in words(name))
    joined = "".join(parts)
    for pair, kind in _PAIRS.items():
        if any(parts[i : i + len(pair)] == pair for i in range(len(parts))):
            return kind
    for kind, texts in _WORDS.items():
        known = set(texts.split())
        if joined in known or set(parts) & known:
            return kind
    if joined == "name" or ("name" in parts and set(parts) & _PERSONAL):
        return "name"
    return None


def kind_of_value(text: str) -> str | None:
    """What a piece of text shows about a person, by its form; None where nothing is recognised.

    Recognised are Chinese identity numbers (18 characters, GB 11643, with date and check
    character; the older ones of 15 digits by their date), telephone numbers (Chinese mobile
    ones, area code and number, and any in international form), IBAN (ISO 13616) and card
    numbers of 16 to 19 digits (Luhn, ISO/IEC 7812), also within a sentence, with spaces or
    dashes, and in full-width digits; pairs of coordinates (degrees with three decimals or
    more, as Kobo, ODK, WKT and GeoJSON write them), e-mail addresses, and the device ids of
    ODK Collect.

    Parameters
    ----------
    text : str

    Returns
    -------
    str or None
        "id number", "phone", "bank account", "position", "email" or "device id".

    Examples
    --------
    >>> kind_of_value("11010519491231002X"), kind_of_value("call +355 69 123 4567")
    ('id number', 'phone')
    >>> kind_of_value("GB82 WEST 1234 5698 7654 32"), kind_of_value("household 2041")
    ('bank account', None)
    >>> kind_of_value("[-1.290000, 36.820000]"), kind_of_value("POINT (36.8217 -1.2921)")
    ('position', 'position')
    """
    text = re.sub(r"^([0-9]+)\.0$", r"\1", _plain(text))
    if _EMAIL.search(text):
        return "email"
    if _COLLECT.search(text):
        return "device id"
    if any(_is_position(found) for found in _COORDINATES.finditer(text)):
        return "position"
    for found in _IBAN.finditer(text):
        if _iban(re.sub(r"[ -]", "", found.group())):
            return "bank account"
    if _LANDLINE.search(text):
        return "phone"
    for found in _DIGITS.finditer(text):
        kind = _kind_of_digits(re.sub(r"[ .()-]", "", found.group()))
        if kind is not None:
            return kind
    return None


def local_phone(text: str) -> bool:
    """Whether a text could be a telephone number as it is dialled within a country.

    A zero, then eight to ten digits, the first of them no zero (0700 000 000, 069 123 4567).
    A code may look so, too: one value proves nothing, most values of a column do.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> local_phone("0700000000"), local_phone("069-123 45 67"), local_phone("0001234567")
    (True, True, False)
    """
    return re.fullmatch(r"0[1-9][0-9]{7,9}", re.sub(r"[ .()/-]", "", _plain(text))) is not None


def _is_position(found: re.Match[str]) -> bool:
    """Whether two numbers are degrees of latitude and longitude, in either order."""
    first, second = abs(float(found[1])), abs(float(found[2]))
    return min(first, second) <= 90 and max(first, second) <= 180


def _plain(text: str) -> str:
    """Digits of any script as 0 to 9, any dash as "-", capitals, nothing that is invisible."""
    found = []
    for c in unicodedata.normalize("NFKC", text).upper():
        category = unicodedata.category(c)
        if category != "Cf":
            digit = str(unicodedata.decimal(c)) if category == "Nd" else c
            found.append("-" if category == "Pd" else digit)
    return "".join(found)


def first_kind(values: Iterable[str | None]) -> str | None:
    """The kind that the values of a column of text show; None where they show none.

    One value of a certain form is enough. Numbers as they are dialled within a country look
    like codes with a leading zero: most of the values must.

    Parameters
    ----------
    values : iterable of str or None
        Each once.

    Examples
    --------
    >>> first_kind(["met", None, "13912345678"]), first_kind(["0700000000", "0701234567"])
    ('phone', 'phone')
    >>> first_kind(["north", "south", "0700000000"]) is None
    True
    """
    said = [v for v in values if v]
    certain = next((kind for v in said if (kind := kind_of_value(v)) is not None), None)
    if certain is None and 2 * sum(map(local_phone, said)) > len(said):
        return "phone"
    return certain


_DIGITS = re.compile(r"(?<![0-9A-Z])\+?[0-9](?:[ .()-]{0,2}[0-9]){6,20}(?:[ -]?X)?(?![0-9A-Z])")
_EMAIL = re.compile(r"[A-Z0-9._%+-]+@[A-Z0-9-]+(\.[A-Z0-9-]+)*\.[A-Z]{2,}")
_COLLECT = re.compile(r"(?<![A-Z])(COLLECT|IMEI):[A-Z0-9]{6,}")
_DEGREES = r"(-?[0-9]{1,3}\.[0-9]{3,})"
_COORDINATES = re.compile(rf"(?<![0-9.]){_DEGREES}(?:\s*[,; ]\s*){_DEGREES}(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9A-Z])0[0-9]{2,3}[ -][0-9]{7,8}(?![0-9A-Z])")
_IBAN = re.compile(r"(?<![0-9A-Z])[A-Z]{2}[0-9]{2}(?:[ -]?[0-9A-Z]){11,30}(?![0-9A-Z])")


def _kind_of_digits(number: str) -> str | None:
    """What a run of digits is."""
    if number.startswith("+"):
        return "phone" if 9 <= len(number) <= 16 else None
    if _chinese_id(number):
        return "id number"
    if re.fullmatch(r"(86|0086)?1[3-9][0-9]{9}", number):
        return "phone"
    if number.isdigit() and 16 <= len(number) <= 19 and _luhn(number):
        return "bank account"
    return None


def _chinese_id(number: str) -> bool:
    """Date and check character of a resident identity number, GB 11643-1999; or 15 digits."""
    if re.fullmatch(r"[1-9][0-9]{7}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}", number):
        return True
    if not re.fullmatch(
        r"[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]",
        number,
    ):
        return False
    total = sum(int(d) * (2 ** (17 - i) % 11) for i, d in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17]


def _luhn(number: str) -> bool:
    """Check digit of a card number, ISO/IEC 7812-1."""
    digits = [int(d) for d in reversed(number)]
    doubled = [2 * d - 9 if d > 4 else 2 * d for d in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0 and len(set(number)) > 1


def _iban(text: str) -> bool:
    """Check digits of an account number, ISO 13616 (mod 97)."""
    if not 15 <= len(text) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1
