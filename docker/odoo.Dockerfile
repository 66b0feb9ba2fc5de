# The official image and what the addon needs beyond it.
FROM odoo:19

USER root
COPY docker/requirements-odoo.txt requirements-oca.txt /opt/ciama/
# Ubuntu's pip asks for --break-system-packages; --ignore-installed puts newer versions
# beside Ubuntu's own, which pip could not remove. queue_job goes to a folder of its own,
# without its "odoo" requirement: the image's Odoo is no Python distribution.
RUN pip3 install --no-cache-dir --break-system-packages --ignore-installed --no-deps \
        -r /opt/ciama/requirements-odoo.txt \
    && pip3 install --no-cache-dir --break-system-packages --no-deps \
        --target=/opt/ciama/oca -r /opt/ciama/requirements-oca.txt \
    # The rest comes with the image; better to learn here if it does not.
    && python3 -c "import cryptography, oauthlib, openupgradelib, pydantic, requests, stdnum, zeep"
USER odoo
