"""The vocabulary of the field: disciplines, and the service categories that may insert phases."""

from __future__ import annotations

import enum

__all__ = ["Discipline", "Service"]


class Discipline(enum.StrEnum):
    """The professional disciplines of the technology services sector."""

    INFRASTRUCTURE_MANAGEMENT = "infrastructure_management"
    SOFTWARE_DEVELOPMENT = "software_development"
    DATA_ENGINEERING = "data_engineering"
    CYBERSECURITY = "cybersecurity"
    CLOUD_OPERATIONS = "cloud_operations"


class Service(enum.StrEnum):
    """The service categories; what is known of each stands in the rule packs."""

    AUTOMATION_AND_IT = "automation_and_it"
    CONSULTING = "consulting"
    WEB_SERVICES_DEVELOPMENT = "web_services_development"
    API_INTEGRATION = "api_integration"
    DATA = "data"
    ETL = "etl"
    MANAGED = "managed"
    CLOUD = "cloud"
    VERSION_MANAGEMENT = "version_management"
    CYBERSECURITY = "cybersecurity"
    COMPLIANCE_AND_SECURITY = "compliance_and_security"
    DEVOPS_TOOLS = "devops_tools"
    CONTAINERIZATION = "containerization"
    MICROSERVICES_ARCHITECTURE = "microservices_architecture"
    TESTING_AND_QA = "testing_and_qa"
    MONITORING_AND_OBSERVABILITY = "monitoring_and_observability"
    SERVERLESS = "serverless"
    MACHINE_LEARNING = "machine_learning"
    OPEN_SOURCE_TOOLS = "open_source_tools"
    SCRIPTING_FOR_IT_SUPPORT = "scripting_for_it_support"
    LEGACY_SYSTEM_MODERNIZATION = "legacy_system_modernization"
