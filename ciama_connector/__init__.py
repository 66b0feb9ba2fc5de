from . import models, reports, services, wizards
