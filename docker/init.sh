#!/bin/sh
# Make the database: a French company with its chart of accounts and OSS taxes (the scripts
# of scripts/template), then the addon. A second start finds it done.
set -eu

database=${CIAMA_DATABASE:-ciama}
template=${CIAMA_TEMPLATE:-/opt/ciama/template}
done=${CIAMA_DONE:-/var/lib/odoo/ciama-initialised}

# Without it an interrupted first start goes on where it was: every step can be repeated,
# but for the company, which must come before the chart.
[ ! -e "$done" ] || exit 0

once() { odoo --database "$database" --no-http --stop-after-init "$@"; }
script() { odoo shell --database "$database" --no-http <"$template/$1"; }

if [ ! -e "$done.company" ]; then
    once --init base --load-language en_US,fr_FR
    script company.py
    touch "$done.company"
fi
once --init l10n_fr_account,l10n_eu_oss,sale_management,sale_stock,stock_delivery,ciama_connector
script settings.py
touch "$done"
