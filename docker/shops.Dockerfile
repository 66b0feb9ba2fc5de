# The simulated shops; their code and recordings are mounted, see docker-compose.yml.
FROM python:3.12-slim

COPY docker/requirements-shops.txt /tmp/
RUN pip install --no-cache-dir -r /tmp/requirements-shops.txt
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER nobody
