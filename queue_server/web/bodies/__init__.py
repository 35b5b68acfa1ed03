"""What requests may carry, by area, checked by pydantic; the OpenAPI description is made from these same models."""
