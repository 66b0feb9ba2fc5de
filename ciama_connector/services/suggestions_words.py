"""Comparing the words of shops with those of Odoo. Plain Python, no queries."""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

# What says nothing about which method, carrier or group is meant.
FILLERS = set(
    re.findall(
        r"\w+",
        """a an and au aux avec by card carte che con das de del der des di die du el en et for fur
        il la le les mit of on ou oder par para per por pour the to und une via with y
        delivery shipping ship livraison expedition versand lieferung envio spedizione consegna
        payment paiement pay zahlung pago pagamento method methode tarif rate
        gmbh sarl sas inc ltd""",
    )
)

# "Not shipped" and "partially shipped" speak of what is not so, or not quite.
DENIALS = set(
    re.findall(
        r"\w+",
        """not non no pas nicht kein keine never jamais nie partially partial partly partiel
        partielle partiellement partie teilweise teil parcial parcialmente parziale parzialmente""",
    )
)

# The same thing in the words of shops, of their plugins and of several languages.
PAYMENTS = {
    "transfer": """bacs;bank transfer;banktransfer;bank wire;bankwire;wire transfer;ps wirepayment;
        wirepayment;bank deposit;wire;virement;virement bancaire;transfert bancaire;uberweisung;
        bankuberweisung;vorkasse;bonifico;bonifico bancario;transferencia;
        transferencia bancaria;overschrijving""",
    "cheque": """cheque;check;check payment;ps checkpayment;checkpayment;paiement par cheque;
        money order;scheck;assegno""",
    "on_delivery": """cod;cash on delivery;cashondelivery;ps cashondelivery;contre remboursement;
        contreremboursement;paiement a la livraison;nachnahme;contrassegno;contrareembolso;
        contra reembolso;pay on delivery;rembours""",
    "cash": """cash;especes;liquide;bar;barzahlung;contanti;efectivo;en magasin;in store;
        pay in store""",
    "paypal": "paypal;ppcp;ppcp gateway;paypal express;paypal checkout;ppec paypal",
    "card": """card;credit card;creditcard;debit card;carte;carte bancaire;carte de credit;cb;
        kreditkarte;tarjeta;carta di credito;stripe;stripe cc;shopify payments;woocommerce payments;
        wcpay;payplug;systempay;mollie;adyen;ps checkout;wix payments;visa;mastercard;monetico""",
    "invoice": """invoice;on invoice;facture;sur facture;rechnung;kauf auf rechnung;
        fattura;factura;purchase order;net 30""",
    "gift_card": """gift card;giftcard;carte cadeau;bon cadeau;gutschein;geschenkkarte;
        buono regalo;tarjeta regalo;store credit;avoir""",
    "debit": "sepa;sepa direct debit;direct debit;prelevement;lastschrift;addebito diretto",
}
CARRIERS = {
    "pickup": """pickup;pick up;local pickup;localpickup;store pickup;instore pickup;
        in store pickup;click collect;click and collect;retrait;retrait en magasin;
        retrait sur place;abholung;
        selbstabholung;ritiro;ritiro in negozio;recogida;recogida en tienda;afhalen""",
    "free": """free;free shipping;freeshipping;free delivery;livraison gratuite;gratuit;offerte;
        livraison offerte;kostenlos;kostenloser versand;versandkostenfrei;gratis;envio gratis;
        spedizione gratuita""",
    "standard": """standard;flat rate;flatrate;standard shipping;standard delivery;
        livraison standard;standardversand;forfait;envio estandar;spedizione standard""",
    "express": """express;express delivery;express shipping;livraison express;expressversand;
        next day;overnight;24h""",
}
STATUSES = {
    "pending": """pending;pending payment;awaiting payment;waiting for payment;unpaid;on hold;
        awaiting bank wire payment;en attente;en attente de paiement;en attente du paiement;
        impaye;ausstehend;zahlung ausstehend;offen;pendiente;pendiente de pago;in attesa;
        in attesa di pagamento""",
    "authorized": "authorized;authorised;autorise;paiement autorise;autorisiert;autorizado",
    "accepted": """accepted;processing;processing in progress;in progress;ready to ship;
        preparing;in preparation;released;en preparation;preparation en cours;
        en cours de preparation;en cours;prete;pret a expedier;in bearbeitung;versandbereit;
        en proceso;in lavorazione;en preparacion""",
    "paid": """paid;payment accepted;payment received;payment complete;remote payment accepted;
        paye;payee;paiement accepte;paiement recu;bezahlt;zahlung eingegangen;pagado;pagato""",
    "fulfilled": """shipped;fulfilled;delivered;completed;complete;done;sent;handed over;picked up;
        expedie;expediee;livre;livree;termine;terminee;envoye;envoyee;versendet;versandt;
        geliefert;zugestellt;abgeschlossen;enviado;entregado;completado;spedito;consegnato;
        completato;retire en magasin""",
    "cancelled": """cancelled;canceled;cancelled by customer;void;voided;refused;annule;annulee;
        storniert;abgebrochen;cancelado;anulado;annullato""",
}


@lru_cache(maxsize=20_000)  # each name is compared with many
def plain(text):
    """Lower case words without accents, separated by single spaces.

    >>> plain("Chèque  (La Poste)"), plain("ps_wirepayment")
    ('cheque la poste', 'ps wirepayment')
    """
    letters = unicodedata.normalize("NFKD", text or "")
    letters = "".join(c for c in letters if not unicodedata.combining(c)).casefold()
    return " ".join(re.findall(r"[^\W_]+", letters))


def _phrases(table):
    return {plain(phrase): key for key, text in table.items() for phrase in text.split(";")}


PAYMENT_PHRASES, CARRIER_PHRASES, STATUS_PHRASES = map(_phrases, (PAYMENTS, CARRIERS, STATUSES))


def concept(phrases, *texts):
    """(what ``texts`` speak of, whether one of them says exactly that); (None, False) where
    they say nothing that is known, deny it, or say two things at once.

    >>> concept(PAYMENT_PHRASES, "bacs", "Virement bancaire")
    ('transfer', True)
    >>> concept(PAYMENT_PHRASES, "12", "CB 3x")
    ('card', False)
    """
    texts = [plain(text) for text in texts]
    exact = {phrases[text] for text in texts if text in phrases}
    if exact:
        return (exact.pop(), True) if len(exact) == 1 else (None, False)
    found = set()
    for text in texts:
        if DENIALS & set(text.split()):
            return None, False
        inside = [phrase for phrase in phrases if f" {phrase} " in f" {text} "]
        # "carte cadeau" is a gift card, although "carte" alone is a card.
        longest = [p for p in inside if not any(p != q and p in q for q in inside)]
        found |= {phrases[phrase] for phrase in longest}
    return (found.pop(), False) if len(found) == 1 else (None, False)


def telling(text):
    """The words of ``text`` that tell it from others."""
    return telling_words(plain(text))


def telling_words(text):
    """As :func:`telling`, as they are written."""
    words = re.findall(r"[^\W_]+", text)
    return [word for word in words if plain(word) not in FILLERS] or words


def likeness(one, other):
    """0.0 to 1.0: how much two names look alike; 1.0 is the same words."""
    if not plain(one) or not plain(other):
        return 0.0
    if plain(one) == plain(other):
        return 1.0
    mine, yours = telling(one), telling(other)
    shared = sum(any(_same_word(word, candidate) for candidate in yours) for word in mine)
    if not shared:
        return 0.0
    dice = min(0.95, 2 * shared / (len(mine) + len(yours)))
    if min(len(set(mine)), len(set(yours))) <= shared:
        dice = max(dice, 0.75)  # one name is all inside the other
    letters = SequenceMatcher(None, " ".join(mine), " ".join(yours)).ratio()
    return min(0.98, 0.8 * dice + 0.2 * letters)


@lru_cache(maxsize=20_000)
def _same_word(one, other):
    """Also plurals and slips of the pen."""
    if one == other:
        return True
    if min(len(one), len(other)) < 4 or one[0] != other[0] or one.isdigit() or other.isdigit():
        return False
    return SequenceMatcher(None, one, other).ratio() > 0.82


def sku_key(text):
    """What two spellings of one SKU share: case, spaces, separators and leading zeros do not
    count; a separator between digits does. ``product_product.SKU_KEY`` is the same in SQL.

    >>> sku_key("CH-0012 b"), sku_key("ch12B"), sku_key("12-3"), sku_key("001 23")
    ('ch12b', 'ch12b', '12-3', '1-23')
    """
    text = re.sub(r"(^|[^0-9])0+(?=[0-9])", r"\1", (text or "").lower())
    text = re.sub(r"(?<![0-9])[^a-z0-9]+|[^a-z0-9]+(?![0-9])", "", text)
    return re.sub(r"[^a-z0-9]+", "-", text)


def speaks(value):
    """Whether ``value`` is a word that means the same in another shop; a row number, as
    PrestaShop uses, does not, nor the "flat_rate:4" of WooCommerce."""
    return not re.fullmatch(r"([a-z_]+:)?[\d/:._-]{1,7}", value or "")
