"""What Vigie looks for, as data: Sigma rules by category, the lists they expand, texts in French and English."""
